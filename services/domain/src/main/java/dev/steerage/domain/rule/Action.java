package dev.steerage.domain.rule;

/// One intervention of a rule.
public sealed interface Action {
  /// The codes it names.
  CodeSelection codes();

  /// Overwrites slots with the codes.
  record Activate(CodeSelection codes, Slots slots) implements Action {}

  /// Adds the codes beside the k: the mean is over k + 1 (or more).
  record Append(CodeSelection codes) implements Action {}

  /// The codes may not be chosen: the next best takes the slot.
  record Ban(CodeSelection codes) implements Action {}

  /// A slot that holds one of the codes contributes zero; the divisor stays k.
  record Ablate(CodeSelection codes) implements Action {}

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
