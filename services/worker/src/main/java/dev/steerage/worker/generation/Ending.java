package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import java.util.Optional;

/// How a request ended, where it was not the engine that ended it.
record Ending(
    Optional<Completion.Reason> reason, Optional<Refusal> refusal, Optional<String> detail) {
  static final Ending BY_ENGINE = new Ending(Optional.empty(), Optional.empty(), Optional.empty());

  static Ending of(Completion.Reason reason) {
    return new Ending(Optional.of(reason), Optional.empty(), Optional.empty());
  }

  static Ending refused(Refusal refusal, String detail) {
    return new Ending(
        Optional.of(Completion.Reason.REFUSED), Optional.of(refusal), Optional.of(detail));
  }

  static Ending failed(String detail) {
    return new Ending(Optional.of(Completion.Reason.FAILED), Optional.empty(), Optional.of(detail));
  }

  /// @param rule that ended it; empty: somebody asked for it
  static Ending stopped(Optional<String> rule) {
    return new Ending(
        Optional.of(Completion.Reason.STOP),
        Optional.empty(),
        rule.map(id -> "stopped by rule " + id));
  }
}
