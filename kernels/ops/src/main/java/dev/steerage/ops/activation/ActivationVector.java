package dev.steerage.ops.activation;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.load;
import static dev.steerage.ops.LanesVector.store;

import dev.steerage.ops.LanesVector;
import dev.steerage.ops.elementary.ElementaryVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.VectorMask;

/// The activation functions on registers. One loop per function: a switch inside the loop keeps the
/// compiler from holding the coefficients in registers.
public final class ActivationVector implements ActivationKernel {
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

  private static void geluErf(MemorySegment x, long row, int width) {
    int i = 0;
    for (; i + LANES <= width; i += LANES) {
      store(ElementaryVector.geluErf(load(x, row + i)), x, row + i);
    }
    if (i < width) {
      VectorMask<Float> mask = LanesVector.below(i, width);
      store(ElementaryVector.geluErf(load(x, row + i, mask)), x, row + i, mask);
    }
  }

  private static void geluTanh(MemorySegment x, long row, int width) {
    int i = 0;
    for (; i + LANES <= width; i += LANES) {
      store(ElementaryVector.geluTanh(load(x, row + i)), x, row + i);
    }
    if (i < width) {
      VectorMask<Float> mask = LanesVector.below(i, width);
      store(ElementaryVector.geluTanh(load(x, row + i, mask)), x, row + i, mask);
    }
  }
}
