package dev.steerage.ops.activation;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.SPECIES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.load;
import static dev.steerage.ops.LanesVector.store;

import dev.steerage.ops.Floats;
import dev.steerage.ops.elementary.Elementary;
import dev.steerage.ops.elementary.ElementaryVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// The activation functions on registers. One loop per function: a switch inside the loop keeps the
/// compiler from holding the coefficients in registers.
public final class ActivationVector implements ActivationKernel {
  private static final int TILE = 256;

  private final ThreadLocal<float[]> tile = ThreadLocal.withInitial(() -> new float[TILE]);

  @Override
  public void apply(
      Activation function, MemorySegment x, long offset, int stride, int rows, int width) {
    ActivationKernel.check(x, offset, stride, rows, width);
    for (int r = 0; r < rows; r++) {
      long row = offset + (long) r * stride;
      switch (function) {
        case GELU_ERF -> geluErf(x, row, width);
        case GELU_TANH -> geluTanh(x, row, width);
      }
    }
  }

  /// x times the normal distribution function, as [Elementary#geluErf], in two loops over a tile:
  /// in one, past a certain number of nodes, the compiler stops inlining, and then registers go
  /// through the heap.
  private void geluErf(MemorySegment x, long row, int width) {
    float[] tails = tile.get();
    int whole = width / LANES * LANES;
    for (int i = 0; i < whole; i += TILE) {
      int count = Math.min(TILE, whole - i);
      polynomials(x, row + i, count, tails);
      times(x, row + i, count, tails);
    }
    for (int i = whole; i < width; i++) {
      Floats.set(x, row + i, Elementary.geluErf(Floats.get(x, row + i)));
    }
  }

  /// The polynomial in the tail of the distribution, times t.
  private static void polynomials(MemorySegment x, long from, int count, float[] tails) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector t =
          broadcast(1f).div(distance(load(x, from + i)).fma(broadcast(0.5f), broadcast(1f)));
      ElementaryVector.tail(t, ElementaryVector.upperTail(t)).mul(t).intoArray(tails, i);
    }
  }

  private static void times(MemorySegment x, long from, int count, float[] tails) {
    for (int i = 0; i < count; i += LANES) {
      FloatVector v = load(x, from + i);
      FloatVector z = distance(v);
      FloatVector tail =
          FloatVector.fromArray(SPECIES, tails, i).mul(ElementaryVector.exp(z.mul(z).neg()));
      FloatVector normal = tail.blend(broadcast(1f).sub(tail), v.compare(VectorOperators.GT, 0f));
      store(v.mul(normal), x, from + i);
    }
  }

  private static FloatVector distance(FloatVector v) {
    return v.abs().mul(Elementary.SQRT_HALF).min(Elementary.TAIL_Z_MAX);
  }

  private static void geluTanh(MemorySegment x, long row, int width) {
    int i = 0;
    for (; i + LANES <= width; i += LANES) {
      store(ElementaryVector.geluTanh(load(x, row + i)), x, row + i);
    }
    for (; i < width; i++) {
      Floats.set(x, row + i, Elementary.geluTanh(Floats.get(x, row + i)));
    }
  }
}
