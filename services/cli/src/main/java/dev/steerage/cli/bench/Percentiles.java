package dev.steerage.cli.bench;

import java.util.Arrays;

/// Order statistics of one run, by nearest rank: every figure is a value that was measured.
record Percentiles(int count, double p50, double p90, double p99, double max) {
  static Percentiles of(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("values: length=0, expected >= 1");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Percentiles(
        sorted.length,
        rank(sorted, 0.50),
        rank(sorted, 0.90),
        rank(sorted, 0.99),
        sorted[sorted.length - 1]);
  }

  private static double rank(double[] sorted, double share) {
    return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
