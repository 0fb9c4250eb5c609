package dev.steerage.trainer.model;

/// How codes learn in one step.
///
/// @param beta weight of the pull on inputs, for the losses that have one
/// @param tokens of the whole batch
/// @param maxActive most codes that are active per token now; a schedule lowers it step by step
public record CodeRule(CodeLoss loss, double beta, long tokens, int maxActive) {
  /// Codes active per token at a placement.
  int active(Placement placement) {
    return Math.min(placement.active(), maxActive);
  }
}
