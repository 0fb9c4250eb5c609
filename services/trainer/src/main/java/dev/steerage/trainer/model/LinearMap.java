package dev.steerage.trainer.model;

/// An affine map among the parameters.
///
/// @param biasOrNull its bias
/// @param transposed whether the weight is stored `[in, out]`, as GPT-2 does
/// @param toColumn the first column of the output rows that it writes
public record LinearMap(
    Parameter weight, Parameter biasOrNull, int out, int in, boolean transposed, int toColumn) {}
