package dev.steerage.ops.linear;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// The order of sums of the numeric class on tiles, as [LinearKernel] defines it, in plain loops.
final class TileOrder {
  private static final int BLOCK = 32;

  private TileOrder() {}

  static void apply(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    float[] w = new float[BLOCK];
    float[] high = new float[BLOCK];
    float[] low = new float[BLOCK];
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        float acc = biasOrNull == null ? 0f : Floats.get(biasOrNull, o);
        for (int first = 0; first < in; first += BLOCK) {
          for (int i = 0; i < BLOCK; i++) {
            boolean inside = first + i < in;
            float v = inside ? Floats.get(x, xOffset + (long) r * xStride + first + i) : 0f;
            w[i] = inside ? Bf16.round(Floats.get(weight, (long) o * in + first + i)) : 0f;
            high[i] = Bf16.round(v);
            low[i] = Float.isFinite(high[i]) ? Bf16.round(v - high[i]) : 0f;
          }
          acc = flushed(flushed(acc) + dot(high, w));
          acc = flushed(flushed(acc) + dot(low, w));
        }
        Floats.set(y, yOffset + (long) r * yStride + o, acc);
      }
    }
  }

  private static float dot(float[] a, float[] b) {
    float even = 0f;
    float odd = 0f;
    for (int i = 0; i < BLOCK; i += 2) {
      even = flushed(Math.fma(flushed(a[i]), flushed(b[i]), even));
      odd = flushed(Math.fma(flushed(a[i + 1]), flushed(b[i + 1]), odd));
    }
    return flushed(even + odd);
  }

  private static float flushed(float value) {
    return Math.abs(value) < Float.MIN_NORMAL ? Math.copySign(0f, value) : value;
  }
}
