package dev.steerage.ops.linear;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The affine map as its definition: one chain per output element.
public final class LinearReference implements LinearKernel {
  private record Weights(MemorySegment weight, MemorySegment biasOrNull, int out, int in)
      implements PackedLinear {}

  @Override
  public PackedLinear pack(
      MemorySegment weight, MemorySegment biasOrNull, int out, int in, Arena arena) {
    LinearKernel.checkPack(weight, biasOrNull, out, in);
    return new Weights(weight, biasOrNull, out, in);
  }

  @Override
  public void apply(
      PackedLinear weights,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    if (!(weights instanceof Weights(var w, var bias, int out, int in))) {
      throw new IllegalArgumentException("weights: packed by another backend, limit=reference");
    }
    LinearKernel.checkApply(weights, x, xOffset, xStride, rows, y, yOffset, yStride);
    for (int r = 0; r < rows; r++) {
      for (int o = 0; o < out; o++) {
        float acc = bias == null ? 0f : get(bias, o);
        for (int i = 0; i < in; i++) {
          acc = Math.fma(get(w, (long) o * in + i), get(x, xOffset + (long) r * xStride + i), acc);
        }
        set(y, yOffset + (long) r * yStride + o, acc);
      }
    }
  }
}
