package dev.steerage.ops.layernorm;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.fold;
import static dev.steerage.ops.LanesVector.load;
import static dev.steerage.ops.LanesVector.store;

import dev.steerage.ops.LanesVector;
import dev.steerage.ops.Stripes;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/// Layer normalisation on registers. A register of fewer than sixteen lanes walks the row once per
/// share of the sixteen stripes, so the sums keep their order at any lane width.
public final class LayerNormVector implements LayerNormKernel {
  @Override
  public void apply(
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int width,
      MemorySegment gamma,
      MemorySegment beta,
      float eps,
      MemorySegment y,
      long yOffset,
      int yStride) {
    LayerNormKernel.check(x, xOffset, xStride, rows, width, gamma, beta, eps, y, yOffset, yStride);
    for (int r = 0; r < rows; r++) {
      row(
          x,
          xOffset + (long) r * xStride,
          width,
          gamma,
          beta,
          eps,
          y,
          yOffset + (long) r * yStride);
    }
  }

  private static void row(
      MemorySegment x,
      long from,
      int width,
      MemorySegment gamma,
      MemorySegment beta,
      float eps,
      MemorySegment y,
      long to) {
    float mean = total(x, from, width, 0f, false) / width;
    float variance = total(x, from, width, mean, true) / width;
    FloatVector scale = broadcast(1f / (float) Math.sqrt(variance + eps));
    FloatVector centre = broadcast(mean);
    int i = 0;
    for (; i + LANES <= width; i += LANES) {
      FloatVector centred = load(x, from + i).sub(centre);
      store(centred.mul(scale).fma(load(gamma, i), load(beta, i)), y, to + i);
    }
    if (i < width) {
      VectorMask<Float> mask = LanesVector.below(i, width);
      FloatVector centred = load(x, from + i, mask).sub(centre);
      FloatVector result = centred.mul(scale).fma(load(gamma, i, mask), load(beta, i, mask));
      store(result, y, to + i, mask);
    }
  }

  /// The sum of the row, or of the squares of its distances from `mean`, in the order of [Stripes].
  private static float total(MemorySegment x, long from, int width, float mean, boolean squares) {
    if (LANES == Stripes.COUNT) {
      return fold(share(x, from, width, 0, mean, squares));
    }
    if (LANES == Stripes.COUNT / 2) {
      return fold(
          share(x, from, width, 0, mean, squares).add(share(x, from, width, 8, mean, squares)));
    }
    FloatVector even =
        share(x, from, width, 0, mean, squares).add(share(x, from, width, 8, mean, squares));
    FloatVector odd =
        share(x, from, width, 4, mean, squares).add(share(x, from, width, 12, mean, squares));
    return fold(even.add(odd));
  }

  /// The stripes from `first` on that fit one register.
  private static FloatVector share(
      MemorySegment x, long from, int width, int first, float mean, boolean squares) {
    FloatVector centre = broadcast(mean);
    FloatVector acc = FloatVector.zero(LanesVector.SPECIES);
    int i = first;
    for (; i + LANES <= width; i += Stripes.COUNT) {
      FloatVector v = load(x, from + i).sub(centre);
      acc = squares ? v.fma(v, acc) : acc.add(v);
    }
    if (i < width) {
      VectorMask<Float> mask = LanesVector.below(i, width);
      FloatVector v = load(x, from + i, mask).sub(centre, mask);
      acc = squares ? v.fma(v, acc) : acc.add(v);
    }
    return acc;
  }
}
