package dev.steerage.index.about;

import dev.steerage.index.corpus.Segment;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.schemas.index.CodeLabels.Label;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// A label that is computed: the tokens that the code's firings make more likely than the corpus
/// does, by pointwise mutual information, as MILAN chooses descriptions (Hernandez et al. 2022).
/// Tokens are chosen on one half of the documents; the score is how well "it fires on these tokens"
/// says when it fires (F1) on the other half.
final class TokenLabel {
  /// Who wrote a computed label.
  static final String AUTHOR = "pmi";

  private static final int MOST = 5;
  private static final int LEAST_FIRINGS = 10;
  // A token that is less than twice as likely where the code fires says little about it.
  private static final double LEAST_INFORMATION = Math.log(2);
  private static final double LEAST_F1 = 0.1;

  // Firings on each token by half.
  private final int[][] on;
  private final long[] firings = new long[2];
  private final int[][] occurrences;

  private TokenLabel(OpenCorpus open, int site, int code) {
    int vocabulary = open.sums().byToken().length;
    on = new int[2][vocabulary];
    occurrences = new int[2][];
    occurrences[0] = open.sums().byTokenFirstHalf();
    occurrences[1] = new int[vocabulary];
    for (int token = 0; token < vocabulary; token++) {
      occurrences[1][token] = open.sums().byToken()[token] - occurrences[0][token];
    }
    for (Segment segment : open.corpus().segments()) {
      segment
          .postings(site)
          .forEach(
              code,
              position -> {
                int half = segment.half(segment.documentOf(position));
                on[half][segment.token(position)]++;
                firings[half]++;
              });
    }
  }

  /// The label of a code; none: no tokens say when it fires, or it fires too rarely to tell.
  static Optional<Label> of(OpenCorpus open, int site, int code) {
    var label = new TokenLabel(open, site, code);
    if (label.firings[0] < LEAST_FIRINGS || label.firings[1] < LEAST_FIRINGS) {
      return Optional.empty();
    }
    List<Integer> chosen = label.chosen();
    if (label.f1(0, chosen) < LEAST_F1) {
      return Optional.empty();
    }
    String text =
        chosen.stream()
            .map(token -> open.corpus().tokens().text(token))
            .map(token -> token.isBlank() ? "'" + token + "'" : token.strip())
            .distinct()
            .collect(Collectors.joining(", "));
    return Optional.of(new Label(text, AUTHOR, "", Instant.EPOCH, label.f1(1, chosen)));
  }

  /// Tokens in the order of their information, as long as each makes the label better.
  private List<Integer> chosen() {
    long positions = IntStream.of(occurrences[0]).asLongStream().sum();
    List<Integer> candidates =
        IntStream.range(0, on[0].length)
            .filter(token -> on[0][token] * 50L >= firings[0])
            .filter(token -> information(token, positions) > LEAST_INFORMATION)
            .boxed()
            .sorted(
                Comparator.comparingDouble((Integer token) -> -information(token, positions))
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    List<Integer> best = List.of();
    for (Integer token : candidates) {
      List<Integer> more = Stream.concat(best.stream(), Stream.of(token)).toList();
      if (best.size() < MOST && f1(0, more) > f1(0, best)) {
        best = more;
      }
    }
    return best;
  }

  /// Nats: the logarithm of how much more likely the token is where the code fires. Half a firing
  /// is taken away, so that what was seen once does not come first.
  private double information(int token, long positions) {
    double share = Math.max(0, on[0][token] - 0.5) / firings[0];
    double expected = (double) Math.max(1, occurrences[0][token]) / positions;
    return Math.log(share / expected);
  }

  private double f1(int half, List<Integer> tokens) {
    long hits = 0;
    long all = 0;
    for (int token : tokens) {
      hits += on[half][token];
      all += occurrences[half][token];
    }
    return hits == 0 ? 0 : 2.0 * hits / (firings[half] + all);
  }
}
