package dev.steerage.index.about;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.Segment;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.AboutCode.Context;
import dev.steerage.schemas.index.AboutCode.FiredOn;
import dev.steerage.schemas.index.AboutCode.Type;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Reads what is known of a code from a corpus. Thread-safe.
public final class AboutReader {
  private static final int BEFORE = 24;
  private static final int AFTER = 12;

  private final OpenCorpus open;
  private final Corpus corpus;

  public AboutReader(OpenCorpus open) {
    this.open = open;
    this.corpus = open.corpus();
  }

  /// Everything about a code.
  ///
  /// @param most entries of each list
  /// @param vectors what the model's weights say, where they are at hand
  /// @param labels of a code
  /// @throws LookupException if the corpus has no such code
  public AboutCode about(
      Code code, int most, VectorView vectors, Function<Code, List<CodeLabels.Label>> labels) {
    int site = site(code);
    Firings firings = Firings.of(open, site, code.id());
    List<FiredOn> tokens = firedOn(firings);
    double information = Positional.information(firings.byPosition(), open.sums().byPosition());
    Function<Code, String> label =
        each -> labels.apply(each).stream().map(CodeLabels.Label::text).findFirst().orElse("");
    List<AboutCode.Related> related = new ArrayList<>(vectors.nearest(code, most, label));
    related.addAll(CoFiring.of(open, site, code, most, label));
    return new AboutCode(
        corpus.info().model(),
        corpus.name(),
        corpus.documents(),
        corpus.positions(),
        firings.count(),
        firings.documents(),
        type(firings, tokens, information),
        information,
        entropy(firings.bySource()),
        corpus.info().sources().size(),
        contexts(site, code.id(), firings.count(), most),
        tokens.stream().limit(most).toList(),
        vectors.lens(code, most, corpus.tokens()),
        related,
        withComputed(labels.apply(code), site, code.id()));
  }

  private List<CodeLabels.Label> withComputed(List<CodeLabels.Label> labels, int site, int code) {
    List<CodeLabels.Label> all = new ArrayList<>(labels);
    TokenLabel.of(open, site, code).ifPresent(all::add);
    return all;
  }

  /// The type of a code alone.
  public Type type(int site, int code) {
    Firings firings = Firings.of(open, site, code);
    return type(
        firings,
        firedOn(firings),
        Positional.information(firings.byPosition(), open.sums().byPosition()));
  }

  private int site(Code code) {
    List<SiteShape> sites = corpus.info().sites();
    for (int i = 0; i < sites.size(); i++) {
      if (sites.get(i).site().equals(code.site())) {
        if (code.id() >= sites.get(i).codes()) {
          throw new LookupException(
              Reason.UNKNOWN_CODE, "code=" + code + ", codes=" + sites.get(i).codes());
        }
        return i;
      }
    }
    throw new LookupException(
        Reason.UNKNOWN_SITE, "site=" + code.site() + " is not in corpus " + corpus.name());
  }

  private List<FiredOn> firedOn(Firings firings) {
    int[] counts = firings.byToken();
    return IntStream.range(0, counts.length)
        .filter(token -> counts[token] > 0)
        .mapToObj(
            token ->
                new FiredOn(
                    token,
                    corpus.tokens().text(token),
                    counts[token],
                    open.sums().byToken()[token]))
        .sorted(Comparator.comparingLong(FiredOn::firings).reversed())
        .toList();
  }

  private Type type(Firings firings, List<FiredOn> tokens, double information) {
    if (firings.count() == 0) {
      return Type.DEAD;
    }
    if (Detector.isTokens(firings.count(), tokens)) {
      return Type.TOKEN;
    }
    if (Detector.isPairs(open, firings)) {
      return Type.NGRAM;
    }
    return information > Positional.THRESHOLD ? Type.POSITIONAL : Type.OTHER;
  }

  /// Bits.
  private static double entropy(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    double bits = 0;
    for (long count : counts) {
      if (count > 0) {
        double share = (double) count / sum;
        bits -= share * Math.log(share) / Math.log(2);
      }
    }
    return bits;
  }

  /// Firings evenly spread over the corpus.
  private List<Context> contexts(int site, int code, long count, int most) {
    List<Context> contexts = new ArrayList<>();
    long wanted = Math.min(most, count);
    long next = 0;
    long seen = 0;
    for (Segment segment : corpus.segments()) {
      int size = segment.postings(site).count(code);
      if (next * count / Math.max(1, wanted) < seen + size && next < wanted) {
        int[] positions = segment.postings(site).positions(code);
        while (next < wanted && next * count / wanted < seen + size) {
          contexts.add(
              context(segment, site, code, positions[(int) (next * count / wanted - seen)]));
          next++;
        }
      }
      seen += size;
    }
    return contexts;
  }

  private Context context(Segment segment, int site, int code, int position) {
    int document = segment.documentOf(position);
    int first = segment.firstPosition(document);
    int end = segment.firstPosition(document + 1);
    return new Context(
        segment.firstDocument() + document,
        position - first,
        SiteCodes.slot(segment, site, code, position),
        text(segment, document, Math.max(first, position - BEFORE), position),
        text(segment, document, position, position + 1),
        text(segment, document, position + 1, Math.min(end, position + 1 + AFTER)));
  }

  private static String text(Segment segment, int document, int from, int to) {
    return new String(segment.text(document, from, to), StandardCharsets.UTF_8);
  }
}
