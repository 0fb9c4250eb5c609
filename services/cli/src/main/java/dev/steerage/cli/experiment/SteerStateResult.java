package dev.steerage.cli.experiment;

import java.time.Duration;
import java.util.Map;

/// What a run measured.
///
/// @param mass by condition: mean over pairs of the probability mass on the target's successors
/// @param positions whose activations the codes were found on
/// @param missingSteps of the pairs' targets that the walks never showed
/// @param requests that were asked
public record SteerStateResult(
    Map<Condition, Estimate> mass,
    long positions,
    int missingSteps,
    int requests,
    Duration duration) {
  public SteerStateResult {
    mass = Map.copyOf(mass);
  }

  /// Whether both thresholds of the protocol were reached.
  public boolean isReached() {
    return mass.get(Condition.TARGET_MLP).mean() >= SteerStateProtocol.MLP_THRESHOLD
        && mass.get(Condition.TARGET_ALL).mean() >= SteerStateProtocol.ALL_THRESHOLD;
  }

  /// A mean and half the width of its 95 % interval.
  public record Estimate(double mean, double halfWidth, int count) {
    private static final double NORMAL_95 = 1.96;

    static Estimate of(double[] values) {
      double sum = 0;
      for (double value : values) {
        sum += value;
      }
      double mean = sum / values.length;
      double squares = 0;
      for (double value : values) {
        squares += (value - mean) * (value - mean);
      }
      double error = Math.sqrt(squares / (values.length - 1) / values.length);
      return new Estimate(mean, NORMAL_95 * error, values.length);
    }
  }
}
