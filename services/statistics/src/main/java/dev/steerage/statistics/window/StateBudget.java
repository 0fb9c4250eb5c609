package dev.steerage.statistics.window;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes of counts that one process may hold. Thread-safe.
public final class StateBudget {
  private final long maxBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  public StateBudget(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("state: maxBytes=" + maxBytes + ", expected > 0");
    }
    this.maxBytes = maxBytes;
  }

  /// Takes bytes if they fit.
  boolean reserve(long bytes) {
    if (usedBytes.addAndGet(bytes) <= maxBytes) {
      return true;
    }
    usedBytes.addAndGet(-bytes);
    return false;
  }

  /// Takes bytes that must be held in any case: what is restored was admitted before.
  void take(long bytes) {
    usedBytes.addAndGet(bytes);
  }

  void release(long bytes) {
    usedBytes.addAndGet(-bytes);
  }

  public long usedBytes() {
    return usedBytes.get();
  }

  public long maxBytes() {
    return maxBytes;
  }
}
