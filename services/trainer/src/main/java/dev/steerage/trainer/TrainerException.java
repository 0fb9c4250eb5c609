package dev.steerage.trainer;

/// Training that cannot begin or cannot go on; the message is for the person who started it.
public final class TrainerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TrainerException(String message) {
    super(message);
  }

  public TrainerException(String message, Throwable cause) {
    super(message, cause);
  }
}
