package dev.steerage.ops.crossentropy;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Stripes;
import dev.steerage.ops.elementary.Elementary;
import dev.steerage.ops.logprob.LogprobKernel;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Cross-entropy and its gradient as plain loops.
public final class CrossEntropyReference implements CrossEntropyKernel {
  @Override
  public void apply(
      MemorySegment logits,
      long offset,
      int stride,
      int rows,
      int count,
      MemorySegment targets,
      float scale,
      MemorySegment parts) {
    CrossEntropyKernel.check(logits, offset, stride, rows, count, targets, parts);
    for (int r = 0; r < rows; r++) {
      long row = offset + (long) r * stride;
      int target = targets.getAtIndex(ValueLayout.JAVA_INT, r);
      double above = 0;
      double sum = 0;
      if (target < 0) {
        for (int i = 0; i < count; i++) {
          set(logits, row + i, 0f);
        }
      } else {
        float max = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < count; i++) {
          max = Math.max(max, get(logits, row + i));
        }
        above = (double) get(logits, row + target) - max;
        sum = exponentials(logits, row, count, max);
        float by = (float) (scale / sum);
        for (int i = 0; i < count; i++) {
          set(logits, row + i, get(logits, row + i) * by);
        }
        set(logits, row + target, get(logits, row + target) - scale);
      }
      parts.setAtIndex(ValueLayout.JAVA_DOUBLE, 2L * r, above);
      parts.setAtIndex(ValueLayout.JAVA_DOUBLE, 2L * r + 1, sum);
    }
  }

  private static double exponentials(MemorySegment logits, long row, int count, float max) {
    double sum = 0;
    float[] partial = new float[Stripes.COUNT];
    for (int chunk = 0; chunk < count; chunk += LogprobKernel.CHUNK) {
      Arrays.fill(partial, 0f);
      for (int i = chunk; i < Math.min(count, chunk + LogprobKernel.CHUNK); i++) {
        float e = Elementary.exp(get(logits, row + i) - max);
        set(logits, row + i, e);
        partial[i % Stripes.COUNT] += e;
      }
      sum += Stripes.fold(partial);
    }
    return sum;
  }
}
