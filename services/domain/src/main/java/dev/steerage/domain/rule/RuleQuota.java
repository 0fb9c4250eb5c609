package dev.steerage.domain.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// How many rules of a model a tenant may have in force, and since when.
///
/// A record of the rule log is judged by what held when the broker took it, so everybody who reads
/// the log judges alike: a worker then, another one that starts next year, and a replay.
///
/// @param steps by ascending time; before the first there is no limit
public record RuleQuota(List<Step> steps) {
  /// A tenant whose rules are not limited, but by [RuleLimits].
  public static final RuleQuota NONE = new RuleQuota(List.of());

  private static final int STEPS_MAX = 64;

  public RuleQuota {
    steps = List.copyOf(steps);
    if (steps.size() > STEPS_MAX) {
      throw new IllegalArgumentException("rules: steps=" + steps.size() + ", limit=" + STEPS_MAX);
    }
    for (int i = 1; i < steps.size(); i++) {
      if (steps.get(i).fromMs() <= steps.get(i - 1).fromMs()) {
        throw new IllegalArgumentException("rules: steps do not ascend");
      }
    }
  }

  /// From a time on.
  ///
  /// @param fromMs broker time
  /// @param most empty: no limit
  public record Step(long fromMs, OptionalInt most) {
    public Step {
      if (fromMs < 0 || most.orElse(0) < 0) {
        throw new IllegalArgumentException("rules: fromMs=" + fromMs + ", most=" + most);
      }
    }
  }

  /// The same limit from the beginning.
  public static RuleQuota always(OptionalInt most) {
    return most.isEmpty() ? NONE : new RuleQuota(List.of(new Step(0, most)));
  }

  /// What holds at a time.
  public OptionalInt at(long timeMs) {
    OptionalInt most = OptionalInt.empty();
    for (Step step : steps) {
      if (step.fromMs() <= timeMs) {
        most = step.most();
      }
    }
    return most;
  }

  /// What holds in the end.
  public OptionalInt newest() {
    return steps.isEmpty() ? OptionalInt.empty() : steps.getLast().most();
  }

  /// Another limit from a time on; the past stays as it was.
  public RuleQuota then(long fromMs, OptionalInt most) {
    if (newest().equals(most)) {
      return this;
    }
    List<Step> all = new ArrayList<>(steps);
    long last = all.isEmpty() ? 0 : all.getLast().fromMs();
    all.add(new Step(Math.max(fromMs, last + 1), most));
    return new RuleQuota(all);
  }
}
