package dev.steerage.trainer.model;

/// How codes learn in one step.
///
/// @param beta weight of the pull on inputs, for the losses that have one
/// @param tokens of the whole batch
/// @param raised codes that are active per token at every placement that has fewer; a schedule
///   lowers it to 1
/// @param redundancy weight of the penalty on what the codebooks of a group say alike
public record CodeRule(CodeLoss loss, double beta, long tokens, int raised, double redundancy) {
  /// Codes active per token at a placement.
  int active(Placement placement) {
    return Math.max(placement.active(), Math.min(raised, placement.codes()));
  }
}
