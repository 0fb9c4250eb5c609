package dev.steerage.ops.layernorm;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Stripes;
import java.lang.foreign.MemorySegment;

/// The gradient of layer normalisation as its definition.
public final class LayerNormBackwardReference implements LayerNormBackwardKernel {
  @Override
  public void apply(
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int width,
      MemorySegment gamma,
      float eps,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      MemorySegment dx,
      long dxOffset,
      int dxStride,
      boolean accumulate,
      MemorySegment dgamma,
      MemorySegment dbeta) {
    LayerNormBackwardKernel.check(
        x, xOffset, xStride, rows, width, gamma, dy, dyOffset, dyStride, dx, dxOffset, dxStride,
        dgamma, dbeta);
    for (int r = 0; r < rows; r++) {
      long from = xOffset + (long) r * xStride;
      long up = dyOffset + (long) r * dyStride;
      long to = dxOffset + (long) r * dxStride;
      float mean = LayerNormReference.mean(x, from, width);
      float variance = LayerNormReference.variance(x, from, width, mean);
      float scale = 1f / (float) Math.sqrt(variance + eps);
      float[] first = new float[Stripes.COUNT];
      float[] second = new float[Stripes.COUNT];
      for (int i = 0; i < width; i++) {
        float unit = (get(x, from + i) - mean) * scale;
        float g = get(dy, up + i);
        set(dgamma, i, Math.fma(g, unit, get(dgamma, i)));
        set(dbeta, i, g + get(dbeta, i));
        float h = g * get(gamma, i);
        first[i % Stripes.COUNT] += h;
        second[i % Stripes.COUNT] = Math.fma(h, unit, second[i % Stripes.COUNT]);
      }
      float m1 = Stripes.fold(first) / width;
      float m2 = Stripes.fold(second) / width;
      for (int i = 0; i < width; i++) {
        float unit = (get(x, from + i) - mean) * scale;
        float h = get(dy, up + i) * get(gamma, i);
        float d = scale * ((h - m1) - unit * m2);
        set(dx, to + i, accumulate ? get(dx, to + i) + d : d);
      }
    }
  }
}
