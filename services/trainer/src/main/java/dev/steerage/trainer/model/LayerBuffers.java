package dev.steerage.trainer.model;

import dev.steerage.domain.codebook.Component;
import dev.steerage.ops.attention.CausalAttentionKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/// What one layer leaves for the backward pass of one tile; rows of the residual width unless said.
final class LayerBuffers {
  /// Input of the layer.
  final MemorySegment x;

  /// First normalisation of x.
  final MemorySegment h1;

  /// `[rows, 3 width]`, the projection.
  final MemorySegment qkv;

  /// What the attention reads: the projection, or its codes in memory of their own, rotated.
  final MemorySegment rotated;

  /// `[sequences, heads, length, pitch]`.
  final MemorySegment probabilities;

  /// Heads, side by side.
  final MemorySegment z;

  /// Output of the attention.
  final MemorySegment a;

  /// x plus attention, where the MLP reads that.
  final MemorySegment middle;

  /// Second normalisation.
  final MemorySegment h2;

  /// `[rows, inner]` before and after the activation function.
  final MemorySegment pre;

  final MemorySegment act;

  /// Output of the MLP.
  final MemorySegment m;

  /// Attention plus MLP where a codebook follows them.
  final MemorySegment both;

  /// Output of the layer where a codebook follows it.
  final MemorySegment whole;

  final Map<Component, SnapBuffers> snaps = new EnumMap<>(Component.class);

  LayerBuffers(
      ModelShape shape, BlockMap block, int raised, int sequences, int length, Arena arena) {
    int rows = sequences * length;
    x = floats(arena, rows, shape.width());
    h1 = floats(arena, rows, shape.width());
    qkv = floats(arena, rows, 3 * shape.width());
    boolean hasCodes = block.codebooks().containsKey(Component.QKV);
    rotated = hasCodes ? floats(arena, rows, 3 * shape.width()) : qkv;
    long pitch = CausalAttentionKernel.pitch(length);
    probabilities =
        arena.allocate((long) sequences * shape.heads() * length * pitch * Float.BYTES, 64);
    z = floats(arena, rows, shape.width());
    a = floats(arena, rows, shape.width());
    middle = shape.parallel() ? x : floats(arena, rows, shape.width());
    h2 = floats(arena, rows, shape.width());
    pre = floats(arena, rows, shape.inner());
    act = floats(arena, rows, shape.inner());
    m = floats(arena, rows, shape.width());
    boolean summed = block.codebooks().containsKey(Component.ATTN_PLUS_MLP);
    both = summed ? floats(arena, rows, shape.width()) : null;
    boolean wrapped = block.codebooks().containsKey(Component.BLOCK);
    whole = wrapped ? floats(arena, rows, shape.width()) : null;
    block
        .codebooks()
        .forEach(
            (component, map) ->
                snaps.put(
                    component,
                    new SnapBuffers(
                        map.placement(), Math.max(raised, map.placement().active()), rows, arena)));
  }

  static MemorySegment floats(Arena arena, int rows, int width) {
    return arena.allocate((long) rows * width * Float.BYTES, 64);
  }
}
