package dev.steerage.experiments.topics;

import java.util.ArrayList;
import java.util.List;

/// What counts as fluent, learned from unsteered stories of the same prompts and seeds: a loss at
/// most half a nat above that of the same prompt and seed; different pairs and longest repeat
/// within the 5 to 95 % range.
final class Guard {
  private static final double MOST_NATS = 0.5;

  private final List<Fluency> unsteered;
  private final double[] distinct;
  private final double[] repeat;

  /// @param unsteered in the order in which stories are judged
  Guard(List<Fluency> unsteered) {
    this.unsteered = List.copyOf(unsteered);
    distinct = range(unsteered.stream().map(Fluency::distinct).toList());
    repeat = range(unsteered.stream().map(each -> (double) each.repeat()).toList());
  }

  private static double[] range(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    sorted.sort(null);
    int last = sorted.size() - 1;
    return new double[] {
      sorted.get((int) Math.floor(0.05 * last)), sorted.get((int) Math.ceil(0.95 * last))
    };
  }

  boolean isFluent(int story, Fluency fluency) {
    return fluency.loss() <= unsteered.get(story).loss() + MOST_NATS
        && fluency.distinct() >= distinct[0]
        && fluency.distinct() <= distinct[1]
        && fluency.repeat() >= repeat[0]
        && fluency.repeat() <= repeat[1];
  }
}
