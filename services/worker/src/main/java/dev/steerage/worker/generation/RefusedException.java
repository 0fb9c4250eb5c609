package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Refusal;

/// A request that can never run here; says why in the words of the closed set.
final class RefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Refusal refusal;

  RefusedException(Refusal refusal, String detail) {
    super(detail);
    this.refusal = refusal;
  }

  Refusal refusal() {
    return refusal;
  }
}
