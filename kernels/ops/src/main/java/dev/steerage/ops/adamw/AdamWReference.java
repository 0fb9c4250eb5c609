package dev.steerage.ops.adamw;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import java.lang.foreign.MemorySegment;

/// The AdamW step, element by element.
public final class AdamWReference implements AdamWKernel {
  @Override
  public void step(
      MemorySegment parameters,
      MemorySegment first,
      MemorySegment second,
      MemorySegment gradients,
      long offset,
      long count,
      Step step) {
    AdamWKernel.check(parameters, first, second, gradients, offset, count);
    float b1 = 1f - step.beta1();
    float b2 = 1f - step.beta2();
    for (long i = offset; i < offset + count; i++) {
      float g = get(gradients, i) * step.gradScale();
      float m = get(first, i);
      m = Math.fma(g - m, b1, m);
      float v = Math.fma(b2 * g, g, get(second, i) * step.beta2());
      float below = Math.fma((float) Math.sqrt(v), step.correction(), step.eps());
      set(first, i, m);
      set(second, i, v);
      set(parameters, i, Math.fma(-step.rate(), m / below, get(parameters, i) * step.keep()));
    }
  }
}
