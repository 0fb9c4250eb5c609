package dev.steerage.worker.share;

/// Tokens per second of one tenant. A step may overdraw it, because all its requests go on
/// together; what is overdrawn is waited for. For one thread; times are monotonic.
final class TokenBudget {
  private static final double BURST_SECONDS = 0.5;

  private final double perSecond;
  private final double burst;
  private double balance;
  private long lastNs;

  TokenBudget(double perSecond, long nowNs) {
    this.perSecond = perSecond;
    burst = Math.max(1, perSecond * BURST_SECONDS);
    balance = burst;
    lastNs = nowNs;
  }

  double perSecond() {
    return perSecond;
  }

  /// A token was generated.
  void spend(long nowNs) {
    refill(nowNs);
    balance -= 1;
  }

  boolean isDue(long nowNs) {
    refill(nowNs);
    return balance > 0;
  }

  /// Nanoseconds until it is due.
  long leftNs(long nowNs) {
    return isDue(nowNs) ? 0 : (long) Math.min(3.6e12, (1e-9 - balance) / perSecond * 1e9 + 1);
  }

  private void refill(long nowNs) {
    long passed = nowNs - lastNs;
    if (passed > 0) {
      balance = Math.min(burst, balance + passed / 1e9 * perSecond);
      lastNs = nowNs;
    }
  }
}
