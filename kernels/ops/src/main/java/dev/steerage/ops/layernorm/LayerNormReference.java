package dev.steerage.ops.layernorm;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Stripes;
import java.lang.foreign.MemorySegment;

/// Layer normalisation as its definition: two passes for the moments, one for the result.
public final class LayerNormReference implements LayerNormKernel {
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
      long from = xOffset + (long) r * xStride;
      long to = yOffset + (long) r * yStride;
      float mean = mean(x, from, width);
      float scale = 1f / (float) Math.sqrt(variance(x, from, width, mean) + eps);
      for (int i = 0; i < width; i++) {
        float centred = get(x, from + i) - mean;
        set(y, to + i, Math.fma(centred * scale, get(gamma, i), get(beta, i)));
      }
    }
  }

  static float mean(MemorySegment x, long from, int width) {
    float[] partial = new float[Stripes.COUNT];
    for (int i = 0; i < width; i++) {
      partial[i % Stripes.COUNT] += get(x, from + i);
    }
    return Stripes.fold(partial) / width;
  }

  static float variance(MemorySegment x, long from, int width, float mean) {
    float[] partial = new float[Stripes.COUNT];
    for (int i = 0; i < width; i++) {
      float centred = get(x, from + i) - mean;
      int stripe = i % Stripes.COUNT;
      partial[stripe] = Math.fma(centred, centred, partial[stripe]);
    }
    return Stripes.fold(partial) / width;
  }
}
