package dev.steerage.broker;

/// The broker could not start, or its topics could not be made; says which folder, port or topic.
public final class BrokerException extends RuntimeException {

  public BrokerException(String message) {
    super(message);
  }

  public BrokerException(String message, Throwable cause) {
    super(message, cause);
  }
}
