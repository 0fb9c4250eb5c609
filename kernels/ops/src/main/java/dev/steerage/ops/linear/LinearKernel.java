package dev.steerage.ops.linear;

import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// An affine map of rows: `y[r] = W x[r] + b`.
///
/// Bits: `y[r, o]` is one chain of fused multiply-adds, `acc = b[o]` (or 0), then `acc = fma(W[o,
/// i], x[r, i], acc)` for i = 0, 1, …; every backend keeps that chain, so every backend gives the
/// same bits, whatever `rows` is. NaN and infinities follow IEEE 754. Allocates nothing in `apply`;
/// safe from many threads for distinct outputs. Errors: [IllegalArgumentException] for shapes that
/// disagree, memory outside a segment, heap segments, or weights packed by another backend.
public interface LinearKernel {
  /// Prepares a weight. `weight` is `[out, in]` row-major from element 0, `bias` `[out]` or null;
  /// both must stay alive and unchanged as long as the result is used. Copies live in `arena`.
  PackedLinear pack(MemorySegment weight, MemorySegment biasOrNull, int out, int in, Arena arena);

  /// `x` is `[rows, in]` with `xStride` elements from row to row, `y` `[rows, out]` with `yStride`;
  /// offsets in elements; x and y may not overlap.
  void apply(
      PackedLinear weights,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride);

  /// Checks what [#pack] was given.
  static void checkPack(MemorySegment weight, MemorySegment biasOrNull, int out, int in) {
    Floats.check("weight", weight, 0, in, out, in);
    if (biasOrNull != null) {
      Floats.check("bias", biasOrNull, 0, out, 1, out);
    }
  }

  /// Checks what [#apply] was given.
  static void checkApply(
      PackedLinear weights,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    Floats.check("x", x, xOffset, xStride, rows, weights.in());
    Floats.check("y", y, yOffset, yStride, rows, weights.out());
  }
}
