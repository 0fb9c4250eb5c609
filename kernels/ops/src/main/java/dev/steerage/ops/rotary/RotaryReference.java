package dev.steerage.ops.rotary;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import java.lang.foreign.MemorySegment;

/// The rotary embedding, pair by pair.
public final class RotaryReference implements RotaryKernel {
  @Override
  public void rotate(
      RotaryTable table,
      MemorySegment x,
      long offset,
      int rowStride,
      int rows,
      int heads,
      int headStride,
      int[] positions,
      int positionsOffset) {
    RotaryKernel.check(
        table, x, offset, rowStride, rows, heads, headStride, positions, positionsOffset);
    int half = table.rotated() / 2;
    for (int r = 0; r < rows; r++) {
      long angles = (long) positions[positionsOffset + r] * half;
      for (int n = 0; n < heads; n++) {
        long head = offset + (long) r * rowStride + (long) n * headStride;
        for (int i = 0; i < half; i++) {
          float cos = get(table.cos(), angles + i);
          float sin = get(table.sin(), angles + i);
          float a = get(x, head + i);
          float b = get(x, head + half + i);
          set(x, head + i, Math.fma(a, cos, -(b * sin)));
          set(x, head + half + i, Math.fma(b, cos, a * sin));
        }
      }
    }
  }
}
