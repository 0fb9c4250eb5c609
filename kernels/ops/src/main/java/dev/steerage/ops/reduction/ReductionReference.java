package dev.steerage.ops.reduction;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Stripes;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// The sums as plain loops.
public final class ReductionReference implements ReductionKernel {
  @Override
  public void add(
      MemorySegment from,
      long fromOffset,
      long fromStride,
      MemorySegment to,
      long toOffset,
      long toStride,
      int rows,
      int width) {
    ReductionKernel.checkAdd(from, fromOffset, fromStride, to, toOffset, toStride, rows, width);
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        long at = toOffset + r * toStride + i;
        set(to, at, get(to, at) + get(from, fromOffset + r * fromStride + i));
      }
    }
  }

  @Override
  public void columns(
      MemorySegment from,
      long fromOffset,
      long fromStride,
      int rows,
      int width,
      MemorySegment to,
      long toOffset) {
    Floats.check("from", from, fromOffset, fromStride, rows, width);
    Floats.check("to", to, toOffset, width, 1, width);
    for (int i = 0; i < width; i++) {
      float acc = get(to, toOffset + i);
      for (int r = 0; r < rows; r++) {
        acc += get(from, fromOffset + r * fromStride + i);
      }
      set(to, toOffset + i, acc);
    }
  }

  @Override
  public double squares(MemorySegment x, long offset, int count) {
    Floats.check("x", x, offset, count, 1, count);
    double sum = 0;
    float[] partial = new float[Stripes.COUNT];
    for (int chunk = 0; chunk < count; chunk += CHUNK) {
      Arrays.fill(partial, 0f);
      for (int i = chunk; i < Math.min(count, chunk + CHUNK); i++) {
        float value = get(x, offset + i);
        int stripe = i % Stripes.COUNT;
        partial[stripe] = Math.fma(value, value, partial[stripe]);
      }
      sum += Stripes.fold(partial);
    }
    return sum;
  }
}
