package dev.steerage.worker.generation;

/// Spaces the tokens of one request: never more than asked for per second, counted from the first.
/// Times are from a monotonic clock. Decode thread only.
final class Pace {
  private final long intervalNs;
  private long dueNs = Long.MIN_VALUE;

  /// @param tokensPerSecond more than 0
  Pace(double tokensPerSecond) {
    if (!(tokensPerSecond > 0)) {
      throw new IllegalArgumentException("pace=" + tokensPerSecond + ", limit=(0, ..");
    }
    intervalNs = (long) Math.min(1e9 / tokensPerSecond, 3.6e12);
  }

  /// A token was chosen.
  void chosen(long nowNs) {
    dueNs = dueNs == Long.MIN_VALUE ? nowNs + intervalNs : Math.max(dueNs + intervalNs, nowNs);
  }

  boolean isDue(long nowNs) {
    return dueNs == Long.MIN_VALUE || nowNs - dueNs >= 0;
  }

  /// Nanoseconds until the next token may be computed; 0 = now.
  long leftNs(long nowNs) {
    return isDue(nowNs) ? 0 : dueNs - nowNs;
  }
}
