package dev.steerage.ops.activation;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.elementary.Elementary;
import java.lang.foreign.MemorySegment;

/// The gradients of the activation functions, element by element.
public final class ActivationBackwardReference implements ActivationBackwardKernel {
  private static final float DENSITY = 0.3989422804014327f;

  @Override
  public void apply(
      Activation function,
      MemorySegment x,
      long xOffset,
      int xStride,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      int rows,
      int width) {
    ActivationBackwardKernel.check(x, xOffset, xStride, dy, dyOffset, dyStride, rows, width);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        float value = get(x, xOffset + (long) r * xStride + i);
        long at = dyOffset + (long) r * dyStride + i;
        float slope =
            switch (function) {
              case GELU_ERF -> erf(value);
              case GELU_TANH -> tanh(value);
            };
        set(dy, at, get(dy, at) * slope);
      }
    }
  }

  private static float erf(float x) {
    float density = Elementary.exp(x * x * -0.5f) * DENSITY;
    return Math.fma(x, density, Elementary.normal(x));
  }

  private static float tanh(float x) {
    float square = x * x;
    float u = x * Math.fma(square, Elementary.GELU_TANH_CUBIC, Elementary.GELU_TANH_LINEAR);
    float s = 1f / (Elementary.exp(-u) + 1f);
    float inner = Math.fma(square * Elementary.GELU_TANH_CUBIC, 3f, Elementary.GELU_TANH_LINEAR);
    float steep = s * (1f - s) * inner;
    return Math.fma(x, steep, s);
  }
}
