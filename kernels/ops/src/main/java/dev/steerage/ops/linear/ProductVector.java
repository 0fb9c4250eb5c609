package dev.steerage.ops.linear;

import java.lang.foreign.MemorySegment;

/// Rows times panels in registers, for the affine map and for the scan of a codebook.
public sealed interface ProductVector permits PanelsVector, PairsVector {
  static ProductVector of(Panels panels) {
    return switch (panels.type()) {
      case F32 -> new PanelsVector(panels);
      case BF16 -> new PairsVector(panels);
    };
  }

  /// Outputs `[first, limit)` of some rows, to `y[r, o - first]`; both are multiples of the panel
  /// width. y is a small heap array: stores to it cost the compiler far less than stores to a
  /// segment, and with sixteen of those it gave up on inlining and boxed every register.
  void product(
      int first,
      int limit,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      float[] y,
      int yOffset,
      int yStride);
}
