package dev.steerage.benchmarks.speed;

import java.util.Arrays;

/// Times of one thing done again and again, in nanoseconds, ascending.
record Times(long[] ns) {
  private static final int LEAST = 3;

  /// Runs something until time is up, once before and at least three times.
  static Times of(double seconds, Runnable work) {
    work.run();
    long until = System.nanoTime() + (long) (seconds * 1e9);
    long[] times = new long[16];
    int count = 0;
    while (count < LEAST || System.nanoTime() < until) {
      if (count == times.length) {
        times = Arrays.copyOf(times, 2 * count);
      }
      long begun = System.nanoTime();
      work.run();
      times[count++] = System.nanoTime() - begun;
    }
    times = Arrays.copyOf(times, count);
    Arrays.sort(times);
    return new Times(times);
  }

  double medianNs() {
    return ns[ns.length / 2];
  }

  double bestNs() {
    return ns[0];
  }

  double p90Ns() {
    return ns[ns.length * 9 / 10];
  }

  /// Of so many things per time: median, best and 90th percentile per second.
  String perSecond(int things) {
    return "%.1f (%.1f, %.1f)"
        .formatted(things * 1e9 / medianNs(), things * 1e9 / bestNs(), things * 1e9 / p90Ns());
  }

  /// Median, best and 90th percentile in microseconds.
  String micros() {
    return "%.1f (%.1f, %.1f)".formatted(medianNs() / 1e3, bestNs() / 1e3, p90Ns() / 1e3);
  }
}
