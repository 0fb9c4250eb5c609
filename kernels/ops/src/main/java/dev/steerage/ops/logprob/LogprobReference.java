package dev.steerage.ops.logprob;

import static dev.steerage.ops.Floats.get;

import dev.steerage.ops.Stripes;
import dev.steerage.ops.elementary.Elementary;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The normaliser as its definition: one pass for the maximum, one for the sum.
public final class LogprobReference implements LogprobKernel {
  @Override
  public double logSumExp(MemorySegment x, long offset, int count) {
    LogprobKernel.check(x, offset, count);
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, get(x, offset + i));
    }
    if (max == Float.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    float[] partial = new float[Stripes.COUNT];
    for (int chunk = 0; chunk < count; chunk += CHUNK) {
      Arrays.fill(partial, 0f);
      for (int i = chunk; i < Math.min(count, chunk + CHUNK); i++) {
        partial[i % Stripes.COUNT] += Elementary.exp(get(x, offset + i) - max);
      }
      sum += Stripes.fold(partial);
    }
    return max + StrictMath.log(sum);
  }
}
