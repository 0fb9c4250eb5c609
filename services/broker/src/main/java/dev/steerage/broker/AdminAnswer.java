package dev.steerage.broker;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;

/// What a cluster answered to a request of an administrator; an error says what was asked and what
/// the cluster said.
public final class AdminAnswer {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private AdminAnswer() {}

  /// Waits for an answer.
  ///
  /// @param what was asked for: "list topics"
  /// @throws BrokerException if the cluster refuses, with its reason, or does not answer in 30 s
  public static <T> T await(String what, KafkaFuture<T> future) {
    try {
      return future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw refused(what, e.getCause());
    } catch (TimeoutException e) {
      throw new BrokerException("no answer in " + LIMIT + ": " + what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BrokerException("interrupted: " + what, e);
    }
  }

  private static BrokerException refused(String what, Throwable reason) {
    return new BrokerException(
        "cluster refused: "
            + what
            + ": "
            + reason.getClass().getSimpleName()
            + ": "
            + reason.getMessage(),
        reason);
  }
}
