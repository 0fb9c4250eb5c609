package dev.steerage.testkit;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits that have a deadline and say what they wait for.
public final class Await {

  private static final long FIRST_PAUSE_NS = 200_000;
  private static final long LONGEST_PAUSE_NS = 20_000_000;

  private Await() {}

  /// Waits until the condition holds; anything it throws counts as "not yet" and is reported at the
  /// deadline.
  public static void until(String what, Duration deadline, BooleanSupplier condition) {
    value(what, deadline, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
  }

  /// Waits until assertions pass.
  public static void untilAsserted(String what, Duration deadline, Runnable assertions) {
    value(
        what,
        deadline,
        () -> {
          assertions.run();
          return Optional.of(true);
        });
  }

  /// Waits until there is a value and returns it.
  public static <T> T value(String what, Duration deadline, Supplier<Optional<T>> supplier) {
    long end = System.nanoTime() + deadline.toNanos();
    long pause = FIRST_PAUSE_NS;
    while (true) {
      Throwable last = null;
      try {
        Optional<T> value = supplier.get();
        if (value.isPresent()) {
          return value.get();
        }
      } catch (RuntimeException | AssertionError notYet) {
        last = notYet;
      }
      if (System.nanoTime() >= end) {
        throw new AssertionError("waited " + deadline + " for " + what, last);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new AssertionError("interrupted while waiting for " + what, last);
      }
      LockSupport.parkNanos(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_NS);
    }
  }
}
