package dev.steerage.trainer.model;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What the snap at one place leaves for the backward pass of one tile.
final class SnapBuffers {
  /// Layer-normalised inputs, `[rows, width of the place]`.
  final MemorySegment u;

  /// Means of codes, `[rows, width of the place]`.
  final MemorySegment out;

  /// Chosen codes, int32 `[codebooks, rows, active]`.
  final MemorySegment ids;

  SnapBuffers(Placement placement, int most, int rows, Arena arena) {
    long width = (long) placement.codebooks() * placement.width();
    u = arena.allocate(rows * width * Float.BYTES, 64);
    out = arena.allocate(rows * width * Float.BYTES, 64);
    ids = arena.allocate((long) rows * placement.codebooks() * most * Integer.BYTES, 64);
  }

  /// First id of one codebook of the group.
  static long idsAt(int codebook, int rows, int active) {
    return (long) codebook * rows * active;
  }
}
