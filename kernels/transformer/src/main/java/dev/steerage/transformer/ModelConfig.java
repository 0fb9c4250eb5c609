package dev.steerage.transformer;

import java.util.OptionalInt;

/// Shape of a model, whatever its architecture.
///
/// @param architecture as the base model's config says, for instance `gpt_neox`
/// @param width of the residual stream
/// @param inner width of the MLP
/// @param maxPositions longest context, prompt and generated tokens together
public record ModelConfig(
    String architecture,
    int vocabulary,
    int layers,
    int heads,
    int headDim,
    int width,
    int inner,
    int maxPositions,
    OptionalInt bos,
    OptionalInt eos) {}
