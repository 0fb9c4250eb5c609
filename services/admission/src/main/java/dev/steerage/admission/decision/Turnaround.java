package dev.steerage.admission.decision;

/// How long requests have taken lately, from admission to their end, per token that they might
/// write. Mean and mean deviation with TCP's weights for round trips (RFC 6298), and like there
/// four deviations are added to the mean. For one thread.
final class Turnaround {
  private static final double MEAN_WEIGHT = 1 / 8.0;
  private static final double DEVIATION_WEIGHT = 1 / 4.0;
  private static final int DEVIATIONS = 4;

  private double mean = Double.NaN;
  private double deviation;

  /// A request has ended.
  ///
  /// @param tokens most that it might write
  void ended(long millis, int tokens) {
    double perToken = (double) millis / Math.max(1, tokens);
    if (Double.isNaN(mean)) {
      mean = perToken;
      deviation = perToken / 2;
    } else {
      deviation += DEVIATION_WEIGHT * (Math.abs(perToken - mean) - deviation);
      mean += MEAN_WEIGHT * (perToken - mean);
    }
  }

  /// What a request of so many tokens hardly ever exceeds, in milliseconds; 0 as long as nothing is
  /// known.
  double expectedMs(int tokens) {
    return Double.isNaN(mean) ? 0 : Math.max(1, tokens) * (mean + DEVIATIONS * deviation);
  }
}
