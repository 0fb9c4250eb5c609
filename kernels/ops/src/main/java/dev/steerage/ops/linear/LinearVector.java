package dev.steerage.ops.linear;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The affine map on registers of the Vector API: [Panels] of the weight, [PanelsVector] or
/// [PairsVector] on them.
///
/// For a batch the rows run inside a group of panels, so that the group stays in the second cache
/// while all rows use it.
public final class LinearVector implements LinearKernel {
  /// Outputs of one group: 512 KiB of weights at 1024 inputs.
  private static final int GROUP = 128;

  private static final int ROWS = 4;

  private final ThreadLocal<float[]> tile = ThreadLocal.withInitial(() -> new float[ROWS * GROUP]);

  private record Weights(Panels panels, ProductVector product) implements PackedLinear {
    @Override
    public int out() {
      return panels.out();
    }

    @Override
    public int in() {
      return panels.in();
    }

    @Override
    public WeightType type() {
      return panels.type();
    }
  }

  @Override
  public PackedLinear pack(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena) {
    return pack(weight, biasOrNull, out, in, type, arena, Team.ALONE);
  }

  @Override
  public PackedLinear pack(
      MemorySegment weight,
      MemorySegment biasOrNull,
      int out,
      int in,
      WeightType type,
      Arena arena,
      Team team) {
    LinearKernel.checkPack(weight, biasOrNull, out, in);
    Panels panels = Panels.of(weight, biasOrNull, out, in, type, arena, team);
    return new Weights(panels, ProductVector.of(panels));
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
    if (!(weights instanceof Weights own)) {
      throw new IllegalArgumentException("weights: packed by another backend, limit=vector");
    }
    LinearKernel.checkApply(weights, first, limit, x, xOffset, xStride, rows, y, yOffset, yStride);
    float[] mine = tile.get();
    for (int o = first; o < limit; o += GROUP) {
      int end = Math.min(limit, o + GROUP);
      int padded = (end + Panels.WIDTH - 1) / Panels.WIDTH * Panels.WIDTH;
      int count = end - o;
      for (int r = 0; r < rows; r += ROWS) {
        int few = Math.min(ROWS, rows - r);
        own.product.product(
            o, padded, x, xOffset + (long) r * xStride, xStride, few, mine, 0, GROUP);
        for (int i = 0; i < few; i++) {
          long to = yOffset + (long) (r + i) * yStride + o;
          MemorySegment.copy(mine, i * GROUP, y, Floats.LAYOUT, to << 2, count);
        }
      }
    }
  }
}
