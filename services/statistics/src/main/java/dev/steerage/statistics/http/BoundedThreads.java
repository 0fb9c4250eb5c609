package dev.steerage.statistics.http;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// One virtual thread for each request, at most so many at once, each for a limited time.
///
/// The server reads a request and writes its answer on this thread, so an interrupt closes the
/// connection of a client that is too slow at either. The JDK's own switches for that are system
/// properties and would change every other server of the JVM.
final class BoundedThreads implements Executor, AutoCloseable {
  private final Semaphore free;
  private final Duration longest;
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("statistics-http-watch").factory());

  BoundedThreads(int most, Duration longest) {
    this.free = new Semaphore(most);
    this.longest = longest;
  }

  /// @throws RejectedExecutionException at the limit: the server closes the connection
  @Override
  public void execute(Runnable request) {
    if (!free.tryAcquire()) {
      throw new RejectedExecutionException("statistics api: requests at the limit");
    }
    Thread.ofVirtual()
        .name("statistics-http")
        .start(
            () -> {
              ScheduledFuture<?> end =
                  watch.schedule(
                      Thread.currentThread()::interrupt, longest.toMillis(), TimeUnit.MILLISECONDS);
              try {
                request.run();
              } finally {
                end.cancel(false);
                free.release();
              }
            });
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
