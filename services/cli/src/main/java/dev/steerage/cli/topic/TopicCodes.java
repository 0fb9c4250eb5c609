package dev.steerage.cli.topic;

import dev.steerage.cli.activation.Firings;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Counts how often codes fire in texts with a topic and in texts without it.
public final class TopicCodes {
  /// Keeps the score of codes that hardly ever fire from growing beyond all bounds: about one
  /// firing in five hundred tokens.
  private static final double SMALL_RATE = 0.002;

  private final Map<Code, long[]> firings = new HashMap<>();
  private final long[] positions = new long[2];

  /// Counts the positions of one text.
  public void add(boolean hasTopic, Firings fired) {
    int part = hasTopic ? 0 : 1;
    positions[part] += fired.tokens().size();
    for (int i = 0; i < fired.tokens().size(); i++) {
      for (Code code : fired.codesAt(i)) {
        firings.computeIfAbsent(code, _ -> new long[2])[part]++;
      }
    }
  }

  /// Positions counted.
  public long positions() {
    return positions[0] + positions[1];
  }

  /// The code that speaks most for the topic at each of the `most` sites where one speaks most;
  /// best first, ties to the lowest code.
  public List<Scored> best(int most) {
    List<Scored> all = new ArrayList<>();
    firings.forEach((code, counts) -> all.add(scored(code, counts)));
    all.sort(Comparator.comparingDouble(Scored::score).reversed().thenComparing(Scored::code));
    Set<Site> taken = new HashSet<>();
    return all.stream().filter(each -> taken.add(each.code().site())).limit(most).toList();
  }

  private Scored scored(Code code, long[] counts) {
    double with = (double) counts[0] / Math.max(1, positions[0]);
    double without = (double) counts[1] / Math.max(1, positions[1]);
    double score = (with - without) / Math.sqrt((with + without) / 2 + SMALL_RATE);
    return new Scored(code, with, without, score);
  }

  /// A code and how it scored.
  ///
  /// @param with share of the tokens of texts with the topic on which it fired
  /// @param without the same of texts without the topic
  public record Scored(Code code, double with, double without, double score) {}
}
