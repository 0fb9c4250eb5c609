package dev.steerage.transformer.forward;

import dev.steerage.ops.Backend;
import dev.steerage.ops.activation.Activation;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.rotary.RotaryTable;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.ModelConfig;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A model in the form the forward pass runs, whatever its architecture. Immutable.
///
/// @param tokens `[vocabulary, width]`
/// @param positions `[maxPositions, width]`, or null where positions are rotary
/// @param rotary null where positions are learned
/// @param parallel attention and MLP read the same residual stream (GPT-NeoX), else one after the
///   other
public record Weights(
    ModelConfig config,
    Backend backend,
    List<CodebookSite> sites,
    MemorySegment tokens,
    MemorySegment positions,
    RotaryTable rotary,
    Activation activation,
    boolean parallel,
    QkvLayout qkvLayout,
    List<Block> blocks,
    Norm last,
    PackedLinear head) {
  public Weights {
    sites = List.copyOf(sites);
    blocks = List.copyOf(blocks);
  }

  /// The same weights with every codebook switched off: activations pass unchanged.
  public Weights withoutCodebooks() {
    return new Weights(
        config,
        backend,
        List.of(),
        tokens,
        positions,
        rotary,
        activation,
        parallel,
        qkvLayout,
        blocks.stream().map(Block::withoutCodebooks).toList(),
        last,
        head);
  }
}
