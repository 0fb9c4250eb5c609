package dev.steerage.worker.generation;

/// A request that cannot go on here, through no fault of its own.
final class FailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FailedException(String detail) {
    super(detail);
  }
}
