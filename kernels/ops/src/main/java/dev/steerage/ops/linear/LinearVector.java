package dev.steerage.ops.linear;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The affine map on registers of the Vector API: [Panels] of the weight, [PanelsVector] on them.
///
/// For a batch the rows run inside a group of panels, so that the group stays in the second cache
/// while all rows use it.
public final class LinearVector implements LinearKernel {
  /// Outputs of one group: 256 KiB of weights at 1024 inputs.
  private static final int GROUP = 64;

  private record Weights(Panels panels, PanelsVector product) implements PackedLinear {
    @Override
    public int out() {
      return panels.out();
    }

    @Override
    public int in() {
      return panels.in();
    }
  }

  @Override
  public PackedLinear pack(
      MemorySegment weight, MemorySegment biasOrNull, int out, int in, Arena arena) {
    LinearKernel.checkPack(weight, biasOrNull, out, in);
    Panels panels = Panels.of(weight, biasOrNull, out, in, arena);
    return new Weights(panels, new PanelsVector(panels));
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
    if (!(weights instanceof Weights own)) {
      throw new IllegalArgumentException("weights: packed by another backend, limit=vector");
    }
    LinearKernel.checkApply(weights, x, xOffset, xStride, rows, y, yOffset, yStride);
    if (rows < 4) {
      own.product.product(0, own.out(), x, xOffset, xStride, rows, y, yOffset, yStride);
      return;
    }
    for (int o = 0; o < own.out(); o += GROUP) {
      int limit = Math.min(own.out(), o + GROUP);
      own.product.product(o, limit, x, xOffset, xStride, rows, y, yOffset + o, yStride);
    }
  }
}
