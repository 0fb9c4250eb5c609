package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.When;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A rule with its conditions in arrays, so that asking costs no allocation.
final class CompiledRule {
  final Rule rule;
  final boolean inline;
  final int untilTokens;
  final int within;
  private final When when;
  private final int[] listed;
  private final int[] after;
  private final int[] firedSites;
  private final int[][] firedCodes;

  CompiledRule(Rule rule, boolean inline, ModelShape model, List<Code> fired) {
    this.rule = rule;
    this.inline = inline;
    this.when = rule.when();
    this.untilTokens = rule.until().tokens().orElse(Integer.MAX_VALUE);
    this.within = when.fired().map(When.Fired::within).orElse(0);
    this.listed =
        when.positions().orElse(null) instanceof When.Positions.Listed(List<Integer> positions)
            ? positions.stream().mapToInt(Integer::intValue).toArray()
            : null;
    this.after = when.after().stream().mapToInt(Integer::intValue).sorted().toArray();
    Map<Integer, int[]> codes = new TreeMap<>();
    for (Code code : fired) {
      int site = model.indexOf(code.site()).orElseThrow();
      codes.merge(site, new int[] {code.id()}, CompiledRule::concat);
    }
    this.firedSites = codes.keySet().stream().mapToInt(Integer::intValue).toArray();
    this.firedCodes = codes.values().toArray(new int[0][]);
    for (int[] sorted : firedCodes) {
      Arrays.sort(sorted);
    }
  }

  private static int[] concat(int[] codes, int[] more) {
    int[] all = Arrays.copyOf(codes, codes.length + more.length);
    System.arraycopy(more, 0, all, codes.length, more.length);
    return all;
  }

  /// Whether everything but `fired`, `once` and `until` holds.
  boolean holdsAt(int position, int token, boolean generationPhase) {
    boolean phase =
        switch (when.phase()) {
          case ANY -> true;
          case PROMPT -> !generationPhase;
          case GENERATION -> generationPhase;
        };
    return phase
        && (after.length == 0 || Arrays.binarySearch(after, token) >= 0)
        && (listed != null
            ? Arrays.binarySearch(listed, position) >= 0
            : when.positions().isEmpty() || when.positions().get().contains(position));
  }

  boolean once() {
    return when.once();
  }

  /// Whether one of the codes of `fired` was natural at a position.
  boolean firedAt(int position, FiredHistory history) {
    for (int i = 0; i < firedSites.length; i++) {
      if (history.fired(position, firedSites[i], firedCodes[i])) {
        return true;
      }
    }
    return false;
  }
}
