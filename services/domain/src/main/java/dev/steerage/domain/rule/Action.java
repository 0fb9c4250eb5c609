package dev.steerage.domain.rule;

/// What a rule does at a position at which it acts.
public sealed interface Action {
  /// Changes which codes are active.
  sealed interface Intervention extends Action {
    /// The codes it names.
    CodeSelection codes();
  }

  /// Changes no code.
  sealed interface Effect extends Action {}

  /// Overwrites slots with the codes.
  record Activate(CodeSelection codes, Slots slots) implements Intervention {}

  /// Adds the codes beside the k: the mean is over k + 1 (or more).
  record Append(CodeSelection codes) implements Intervention {}

  /// The codes may not be chosen: the next best takes the slot.
  record Ban(CodeSelection codes) implements Intervention {}

  /// A slot that holds one of the codes contributes zero; the divisor stays k.
  record Ablate(CodeSelection codes) implements Intervention {}

  /// Ends the request: the token that this position chooses is its last; token 0 where it acts on
  /// the prompt.
  record Stop() implements Effect {}

  /// Puts a word on the request, told when it ends; once per request.
  record Tag(String tag) implements Effect {}

  /// Raises an alert; once per request.
  record Alert(Severity severity, String message) implements Effect {}

  /// How bad it is.
  enum Severity {
    INFO,
    WARNING,
    CRITICAL
  }

  /// Which slots an activation overwrites.
  sealed interface Slots {
    /// From the least similar slot upward, one slot for each code: the paper's procedure.
    record LeastSimilar() implements Slots {}

    /// All k slots hold copies of the code.
    record All() implements Slots {}

    /// This slot; 0 is the most similar.
    record At(int slot) implements Slots {}
  }
}
