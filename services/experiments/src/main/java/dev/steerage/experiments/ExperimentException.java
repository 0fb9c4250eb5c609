package dev.steerage.experiments;

/// An experiment that cannot be run as asked; the message is for the person who asked.
public final class ExperimentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ExperimentException(String message) {
    super(message);
  }

  public ExperimentException(String message, Throwable cause) {
    super(message, cause);
  }
}
