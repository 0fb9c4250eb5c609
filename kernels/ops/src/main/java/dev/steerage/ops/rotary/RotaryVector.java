package dev.steerage.ops.rotary;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.load;
import static dev.steerage.ops.LanesVector.store;

import dev.steerage.ops.LanesVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// The rotary embedding on registers: both halves of a head are contiguous.
public final class RotaryVector implements RotaryKernel {
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
    for (int r = 0; r < rows; r++) {
      long angles = (long) positions[positionsOffset + r] * (table.rotated() / 2);
      for (int n = 0; n < heads; n++) {
        head(table, angles, x, offset + (long) r * rowStride + (long) n * headStride);
      }
    }
  }

  private static void head(RotaryTable table, long angles, MemorySegment x, long head) {
    int half = table.rotated() / 2;
    for (int i = 0; i < half; i += LANES) {
      VectorMask<Float> mask = LanesVector.below(i, half);
      FloatVector cos = load(table.cos(), angles + i, mask);
      FloatVector sin = load(table.sin(), angles + i, mask);
      FloatVector a = load(x, head + i, mask);
      FloatVector b = load(x, head + half + i, mask);
      store(a.fma(cos, b.mul(sin).neg()), x, head + i, mask);
      store(b.fma(cos, a.mul(sin)), x, head + half + i, mask);
    }
  }
}
