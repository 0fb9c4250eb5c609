package dev.steerage.index.codec;

import java.util.concurrent.atomic.AtomicLong;

/// Memory for blocks that were decoded once and are kept. What does not fit is decoded each time.
/// Thread-safe.
public final class DecodedBudget {
  /// Keeps nothing.
  public static final DecodedBudget NONE = new DecodedBudget(0);

  private final AtomicLong left;

  public DecodedBudget(long bytes) {
    left = new AtomicLong(bytes);
  }

  /// Takes some bytes; false: there is no room.
  boolean take(long bytes) {
    if (left.get() < bytes) {
      return false;
    }
    return left.addAndGet(-bytes) >= 0;
  }
}
