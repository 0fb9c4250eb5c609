package dev.steerage.ops.linear;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The affine map as its definition: one chain per output element.
public final class LinearReference implements LinearKernel {
  @Override
  public PackedLinear pack(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena) {
    LinearKernel.checkPack(weight, biasOrNull, out, in);
    return new UnpackedLinear(weight, biasOrNull, out, in, type);
  }

  @Override
  public boolean readsSource() {
    return true;
  }

  @Override
  public void apply(
      PackedLinear weights,
      int first,
      int limit,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    if (!(weights instanceof UnpackedLinear own)) {
      throw new IllegalArgumentException("weights: packed by another backend, limit=reference");
    }
    LinearKernel.checkApply(weights, first, limit, x, xOffset, xStride, rows, y, yOffset, yStride);
    for (int r = 0; r < rows; r++) {
      for (int o = first; o < limit; o++) {
        float acc = own.biasOrNull() == null ? 0f : get(own.biasOrNull(), o);
        for (int i = 0; i < own.in(); i++) {
          acc = Math.fma(own.at(o, i), get(x, xOffset + (long) r * xStride + i), acc);
        }
        set(y, yOffset + (long) r * yStride + o, acc);
      }
    }
  }
}
