package dev.steerage.ops.rotary;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Rotary position embedding by rotated halves, in place, on the queries or keys of some rows.
///
/// With h = rotated / 2 and the angle of pair i at the row's position, for i < h: `a' = fma(a, cos,
/// -(b * sin))`, `b' = fma(b, cos, a * sin)` where `a = x[i]`, `b = x[i + h]`; the other dimensions
/// of the head stay as they are. Every backend gives the same bits. Allocates nothing; safe from
/// many threads for distinct rows. Errors: [IllegalArgumentException] for memory outside a segment,
/// heap segments, or a position outside the table.
public interface RotaryKernel {
  /// Head n of row r begins at element `offset + r * rowStride + n * headStride`; the fused layout
  /// of GPT-NeoX, `[head][q | k | v][headDim]`, has headStride = 3 headDim. The position of row r
  /// is `positions[positionsOffset + r]`.
  void rotate(
      RotaryTable table,
      MemorySegment x,
      long offset,
      int rowStride,
      int rows,
      int heads,
      int headStride,
      int[] positions,
      int positionsOffset);

  /// Checks what [#rotate] was given.
  static void check(
      RotaryTable table,
      MemorySegment x,
      long offset,
      int rowStride,
      int rows,
      int heads,
      int headStride,
      int[] positions,
      int positionsOffset) {
    if (rows == 0 || heads == 0) {
      return;
    }
    Floats.check("head", x, offset, headStride, heads, table.rotated());
    Floats.check("x", x, offset, rowStride, rows, (heads - 1) * headStride + table.rotated());
    for (int r = 0; r < rows; r++) {
      int position = positions[positionsOffset + r];
      if (position < 0 || position >= table.positions()) {
        throw new IllegalArgumentException(
            "position: value=" + position + ", limit=" + table.positions());
      }
    }
  }
}
