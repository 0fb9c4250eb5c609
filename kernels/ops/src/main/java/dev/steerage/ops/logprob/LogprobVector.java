package dev.steerage.ops.logprob;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.fold;
import static dev.steerage.ops.LanesVector.load;

import dev.steerage.ops.LanesVector;
import dev.steerage.ops.Stripes;
import dev.steerage.ops.elementary.ElementaryVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The normaliser on registers.
public final class LogprobVector implements LogprobKernel {
  @Override
  public double logSumExp(MemorySegment x, long offset, int count) {
    LogprobKernel.check(x, offset, count);
    float max = largest(x, offset, count);
    if (max == Float.NEGATIVE_INFINITY) {
      return max;
    }
    double sum = 0;
    for (int chunk = 0; chunk < count; chunk += CHUNK) {
      sum += total(x, offset + chunk, Math.min(CHUNK, count - chunk), max);
    }
    return max + StrictMath.log(sum);
  }

  private static float largest(MemorySegment x, long offset, int count) {
    FloatVector lowest = broadcast(Float.NEGATIVE_INFINITY);
    FloatVector best = lowest;
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      best = best.max(load(x, offset + i));
    }
    if (i < count) {
      VectorMask<Float> mask = LanesVector.below(i, count);
      best = best.max(lowest.blend(load(x, offset + i, mask), mask));
    }
    return best.reduceLanes(VectorOperators.MAX);
  }

  private static float total(MemorySegment x, long from, int count, float max) {
    if (LANES == Stripes.COUNT) {
      return fold(share(x, from, count, 0, max));
    }
    FloatVector sum = share(x, from, count, 0, max).add(share(x, from, count, 8, max));
    if (LANES == Stripes.COUNT / 4) {
      sum = sum.add(share(x, from, count, 4, max).add(share(x, from, count, 12, max)));
    }
    return fold(sum);
  }

  private static FloatVector share(MemorySegment x, long from, int count, int first, float max) {
    FloatVector acc = FloatVector.zero(LanesVector.SPECIES);
    int i = first;
    for (; i + LANES <= count; i += Stripes.COUNT) {
      acc = acc.add(ElementaryVector.exp(load(x, from + i).sub(max)));
    }
    if (i < count) {
      VectorMask<Float> mask = LanesVector.below(i, count);
      FloatVector e = ElementaryVector.exp(load(x, from + i, mask).sub(max));
      acc = acc.add(e, mask);
    }
    return acc;
  }
}
