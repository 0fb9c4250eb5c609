package dev.steerage.cli.rule;

import dev.steerage.schemas.message.Completion;
import java.util.Map;
import java.util.TreeMap;

/// What rules cost over many requests that ended.
public final class RuleCosts {
  /// Rules that are told apart; what others cost is summed under [#OTHERS].
  public static final int RULES_MAX = 1_000;

  public static final String OTHERS = "(others)";

  private final Map<String, Sum> byRule = new TreeMap<>();
  private long requests;
  private long tokens;

  /// Of one rule.
  ///
  /// @param requests in which it changed a code
  public record Sum(long requests, long positions, long slots, double micros) {
    private static final Sum NONE = new Sum(0, 0, 0, 0);

    private Sum plus(Completion.RuleCost cost) {
      return new Sum(
          requests + 1, positions + cost.positions(), slots + cost.slots(), micros + cost.micros());
    }
  }

  /// A request ended; one without tokens says nothing about rules.
  public void add(Completion.Finished end) {
    if (end.completionTokens() == 0) {
      return;
    }
    requests++;
    tokens += end.completionTokens();
    for (Completion.RuleCost cost : end.costs()) {
      boolean isKnown = byRule.containsKey(cost.rule()) || byRule.size() < RULES_MAX;
      byRule.merge(
          isKnown ? cost.rule() : OTHERS, Sum.NONE.plus(cost), (before, _) -> before.plus(cost));
    }
  }

  public Map<String, Sum> byRule() {
    return byRule;
  }

  /// Requests that ended with a token or more.
  public long requests() {
    return requests;
  }

  /// Their tokens.
  public long tokens() {
    return tokens;
  }
}
