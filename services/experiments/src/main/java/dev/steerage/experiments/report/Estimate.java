package dev.steerage.experiments.report;

import java.util.Locale;

/// A mean and half the width of its 95 % interval.
public record Estimate(double mean, double halfWidth, int count) {
  private static final double NORMAL_95 = 1.96;

  /// Of independent values.
  public static Estimate of(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    double mean = sum / Math.max(1, values.length);
    double squares = 0;
    for (double value : values) {
      squares += (value - mean) * (value - mean);
    }
    double error = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length);
    return new Estimate(mean, NORMAL_95 * error, values.length);
  }

  public double low() {
    return mean - halfWidth;
  }

  public double high() {
    return mean + halfWidth;
  }

  /// As `0.769 (0.758 to 0.780)`.
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f (%.3f to %.3f)", mean, low(), high());
  }
}
