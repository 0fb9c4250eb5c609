package dev.steerage.trainer.model;

import dev.steerage.ops.attention.CausalAttentionKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The memory of one thread for a forward and a backward pass over a few sequences, touched once
/// and used for ever.
final class Tile {
  final int sequences;
  final int length;
  final int[] tokens;
  final int[] positions;
  final List<LayerBuffers> layers = new ArrayList<>();

  /// Output of the last layer, its normalisation, and the logits.
  final MemorySegment x;

  final MemorySegment h;
  final MemorySegment logits;
  final MemorySegment targets;
  final MemorySegment parts;

  /// Gradients that live for a layer at most.
  final MemorySegment dx;

  final MemorySegment da;
  final MemorySegment dm;
  final MemorySegment dh;
  final MemorySegment dqkv;
  final MemorySegment dinner;
  final MemorySegment scratch;

  final int[] scanned;
  final int[] depth;

  Tile(Blueprint blueprint, int raised, int sequences, int length, Arena arena) {
    ModelShape shape = blueprint.shape();
    int rows = sequences * length;
    this.sequences = sequences;
    this.length = length;
    tokens = new int[rows];
    positions = new int[rows];
    for (int r = 0; r < rows; r++) {
      positions[r] = r % length;
    }
    for (BlockMap block : blueprint.blocks()) {
      layers.add(new LayerBuffers(shape, block, raised, sequences, length, arena));
    }
    x = LayerBuffers.floats(arena, rows, shape.width());
    h = LayerBuffers.floats(arena, rows, shape.width());
    logits = LayerBuffers.floats(arena, rows, shape.vocabulary());
    targets = arena.allocate((long) rows * Integer.BYTES, 64);
    parts = arena.allocate(2L * rows * Double.BYTES, 64);
    dx = LayerBuffers.floats(arena, rows, shape.width());
    da = LayerBuffers.floats(arena, rows, shape.width());
    dm = LayerBuffers.floats(arena, rows, shape.width());
    dh = LayerBuffers.floats(arena, rows, shape.width());
    dqkv = LayerBuffers.floats(arena, rows, 3 * shape.width());
    dinner = LayerBuffers.floats(arena, rows, shape.inner());
    scratch =
        arena.allocate(CausalAttentionKernel.scratch(length, shape.headDim()) * Float.BYTES, 64);
    int most = raised;
    for (Placement placement : blueprint.placements()) {
      most = Math.max(most, placement.active());
    }
    scanned = new int[rows * most];
    depth = new int[rows];
  }
}
