package dev.steerage.ops.layernorm;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.broadcast;
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
  private final ThreadLocal<float[]> scratch =
      ThreadLocal.withInitial(() -> new float[Stripes.COUNT]);

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
    float[] stripes = scratch.get();
    for (int r = 0; r < rows; r++) {
      row(
          x,
          xOffset + (long) r * xStride,
          width,
          gamma,
          beta,
          eps,
          y,
          yOffset + (long) r * yStride,
          stripes);
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
      long to,
      float[] stripes) {
    float mean = total(x, from, width, 0f, false, stripes) / width;
    float variance = total(x, from, width, mean, true, stripes) / width;
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
  private static float total(
      MemorySegment x, long from, int width, float mean, boolean squares, float[] stripes) {
    for (int first = 0; first < Stripes.COUNT; first += LANES) {
      if (squares) {
        squares(x, from, width, first, mean, stripes);
      } else {
        sums(x, from, width, first, stripes);
      }
    }
    return Stripes.fold(stripes);
  }

  // A register that a method returned would be an object wherever the compiler did not inline that
  // method, and a busy engine is where it does not: so these end in memory.

  /// The stripes from `first` on that fit one register.
  private static void sums(MemorySegment x, long from, int width, int first, float[] stripes) {
    FloatVector acc = FloatVector.zero(LanesVector.SPECIES);
    int i = first;
    for (; i + LANES <= width; i += Stripes.COUNT) {
      acc = acc.add(load(x, from + i));
    }
    if (i < width) {
      acc.add(load(x, from + i, LanesVector.below(i, width))).intoArray(stripes, first);
    } else {
      acc.intoArray(stripes, first);
    }
  }

  private static void squares(
      MemorySegment x, long from, int width, int first, float mean, float[] stripes) {
    FloatVector centre = broadcast(mean);
    FloatVector acc = FloatVector.zero(LanesVector.SPECIES);
    int i = first;
    for (; i + LANES <= width; i += Stripes.COUNT) {
      FloatVector v = load(x, from + i).sub(centre);
      acc = v.fma(v, acc);
    }
    if (i < width) {
      VectorMask<Float> mask = LanesVector.below(i, width);
      FloatVector v = load(x, from + i, mask).sub(centre, mask);
      v.fma(v, acc).intoArray(stripes, first);
    } else {
      acc.intoArray(stripes, first);
    }
  }
}
