package dev.steerage.index;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/// What the index's threads do when there is nothing to do: this, not the transport, sets the
/// latency of a look-up on a small machine.
public enum IdleProfile {
  /// Never sleeps: a core for each of the agent and the media driver.
  SPIN,
  /// Offers its core to others, never sleeps.
  YIELD,
  /// Sleeps up to 100 microseconds.
  BALANCED,
  /// Sleeps up to 1 millisecond.
  ECONOMICAL;

  private static final int SPINS = 50;
  private static final int YIELDS = 50;

  /// A new strategy for one thread.
  public IdleStrategy strategy() {
    return switch (this) {
      case SPIN -> new BusySpinIdleStrategy();
      case YIELD -> new YieldingIdleStrategy();
      case BALANCED -> backoff(TimeUnit.MICROSECONDS.toNanos(100));
      case ECONOMICAL -> backoff(TimeUnit.MILLISECONDS.toNanos(1));
    };
  }

  private static IdleStrategy backoff(long mostNs) {
    return new BackoffIdleStrategy(SPINS, YIELDS, 1_000, mostNs);
  }
}
