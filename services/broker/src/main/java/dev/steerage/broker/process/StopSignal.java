package dev.steerage.broker.process;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Ctrl-C and SIGTERM as something to wait for, so that a process closes what it opened, in order.
///
/// The JVM ends when [#close] was called, or after the grace time.
public final class StopSignal implements AutoCloseable {

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private StopSignal() {}

  /// @param grace how long the JVM waits for [#close] once it was told to stop
  public static StopSignal install(Duration grace) {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> signal.onShutdown(grace), "stop-signal"));
    return signal;
  }

  private void onShutdown(Duration grace) {
    asked.countDown();
    try {
      closed.await(grace.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Returns when somebody wants the process to stop.
  public void await() throws InterruptedException {
    asked.await();
  }

  public boolean isAsked() {
    return asked.getCount() == 0;
  }

  /// Asks from inside the process.
  public void ask() {
    asked.countDown();
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
