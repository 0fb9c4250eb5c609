package dev.steerage.trainer.optimise;

import java.util.Arrays;

/// How the learning rate runs over a stage: up from 0 over the warm-up, then by one of these.
public enum Schedule {
  CONSTANT("constant"),
  LINEAR("linear"),
  COSINE("cosine");

  private final String label;

  Schedule(String label) {
    this.label = label;
  }

  /// The schedule of that name.
  ///
  /// @throws IllegalArgumentException naming the known ones
  public static Schedule of(String label) {
    return Arrays.stream(values())
        .filter(value -> value.label.equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "schedule: name=" + label + ", limit=constant, linear, cosine"));
  }

  /// The share of the full rate in one step.
  ///
  /// @param step from 0
  /// @param floor share at the end
  public double share(long step, long steps, long warmUp, double floor) {
    if (step < warmUp) {
      return (step + 1.0) / warmUp;
    }
    double done = steps <= warmUp ? 1 : (double) (step - warmUp) / (steps - warmUp);
    double share =
        switch (this) {
          case CONSTANT -> 1;
          case LINEAR -> 1 - done;
          case COSINE -> 0.5 * (1 + StrictMath.cos(Math.PI * Math.min(1, done)));
        };
    return this == CONSTANT ? 1 : floor + (1 - floor) * share;
  }

  /// Codes active per token in one step of a schedule that lowers them: the authors' formula, which
  /// their own training never read.
  public static int active(long step, int from, int to, long decaySteps, double power) {
    if (from <= to) {
      return to;
    }
    double done = decaySteps <= 1 ? 1 : (double) step / (decaySteps - 1);
    double share = Math.min(1, StrictMath.pow(done, 1 / power));
    return (int) Math.floor(from - (from - to) * share);
  }
}
