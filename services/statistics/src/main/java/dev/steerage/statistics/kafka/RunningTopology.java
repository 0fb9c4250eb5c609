package dev.steerage.statistics.kafka;

import dev.steerage.statistics.StatisticsException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A topology from its start to its end: what fails once is tried again, what fails again and again
/// stops it.
final class RunningTopology implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningTopology.class);
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);
  private static final int THREAD_FAILURES_MAX = 5;

  private final String name;
  private final KafkaStreams streams;
  private final CountDownLatch runningOrOver = new CountDownLatch(1);
  private final AtomicInteger threadFailures = new AtomicInteger();

  RunningTopology(String name, KafkaStreams streams) {
    this.name = name;
    this.streams = streams;
    streams.setStateListener(
        (now, before) -> {
          LOG.atInfo()
              .addKeyValue("topology", name)
              .addKeyValue("before", before)
              .addKeyValue("now", now)
              .log("state");
          if (now == KafkaStreams.State.RUNNING || now.hasCompletedShutdown()) {
            runningOrOver.countDown();
          }
        });
    streams.setUncaughtExceptionHandler(this::onFailure);
  }

  void start() {
    streams.start();
  }

  /// Returns when it runs and its state is restored.
  ///
  /// @throws StatisticsException if it does not
  void awaitRunning() {
    try {
      boolean over = runningOrOver.await(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      if (!over || streams.state() != KafkaStreams.State.RUNNING) {
        KafkaStreams.State reached = streams.state();
        streams.close(CLOSE_TIMEOUT);
        throw new StatisticsException(name + " did not start: state=" + reached);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      streams.close(CLOSE_TIMEOUT);
      throw new StatisticsException("interrupted while " + name + " started", e);
    }
  }

  private StreamThreadExceptionResponse onFailure(Throwable failure) {
    int failures = threadFailures.incrementAndGet();
    // A new thread restores what is committed. What fails again and again is not transient.
    boolean goOn = failures <= THREAD_FAILURES_MAX && !isBrokenInvariant(failure);
    LOG.atError()
        .addKeyValue("topology", name)
        .addKeyValue("failures", failures)
        .addKeyValue("limit", THREAD_FAILURES_MAX)
        .addKeyValue("goOn", goOn)
        .setCause(failure)
        .log("stream thread failed");
    return goOn
        ? StreamThreadExceptionResponse.REPLACE_THREAD
        : StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private static boolean isBrokenInvariant(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof IllegalStateException && cause.getClass() == IllegalStateException.class
          || cause instanceof AssertionError) {
        return true;
      }
    }
    return false;
  }

  KafkaStreams streams() {
    return streams;
  }

  int threadFailures() {
    return threadFailures.get();
  }

  /// Whether it stopped by itself, after failures.
  boolean isOver() {
    return streams.state().hasCompletedShutdown();
  }

  /// Commits and leaves the group, so that others take over at once.
  @Override
  public void close() {
    boolean closed =
        streams.close(
            CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                .withTimeout(CLOSE_TIMEOUT));
    if (!closed) {
      LOG.atWarn()
          .addKeyValue("topology", name)
          .addKeyValue("timeout", CLOSE_TIMEOUT)
          .log("streams did not close in time");
    }
  }
}
