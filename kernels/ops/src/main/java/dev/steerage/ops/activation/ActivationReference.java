package dev.steerage.ops.activation;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.elementary.Elementary;
import java.lang.foreign.MemorySegment;

/// The activation functions, element by element.
public final class ActivationReference implements ActivationKernel {
  @Override
  public void apply(
      Activation function, MemorySegment x, long offset, int stride, int rows, int width) {
    ActivationKernel.check(x, offset, stride, rows, width);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        long at = offset + (long) r * stride + i;
        float value = get(x, at);
        set(
            x,
            at,
            switch (function) {
              case GELU_ERF -> Elementary.geluErf(value);
              case GELU_TANH -> Elementary.geluTanh(value);
            });
      }
    }
  }
}
