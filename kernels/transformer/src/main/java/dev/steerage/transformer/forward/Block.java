package dev.steerage.transformer.forward;

import dev.steerage.ops.linear.PackedLinear;

/// One transformer block. A codebook group is null where the block has none.
///
/// @param scale factor on the attention scores
/// @param window a query sees this many positions, itself included; [Integer#MAX_VALUE] = all
/// @param attention on the concatenated heads, before the output projection
/// @param mlpMid after the activation function
/// @param both on the sum of attention and MLP output
/// @param whole on the output of the block
public record Block(
    Norm beforeAttention,
    PackedLinear qkv,
    PackedLinear attentionOut,
    Norm beforeMlp,
    PackedLinear up,
    PackedLinear down,
    float scale,
    int window,
    CodebookGroup qkvCodes,
    CodebookGroup attention,
    CodebookGroup attentionOutCodes,
    CodebookGroup mlpMid,
    CodebookGroup mlp,
    CodebookGroup both,
    CodebookGroup whole) {
  /// The same block without codebooks.
  Block withoutCodebooks() {
    return new Block(
        beforeAttention,
        qkv,
        attentionOut,
        beforeMlp,
        up,
        down,
        scale,
        window,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }
}
