package dev.steerage.statistics;

/// The service cannot start or go on; the message says what to change.
public final class StatisticsException extends RuntimeException {
  public StatisticsException(String message) {
    super(message);
  }

  public StatisticsException(String message, Throwable cause) {
    super(message, cause);
  }
}
