package dev.steerage.ops.logprob;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.broadcast;
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
  private final ThreadLocal<float[]> scratch =
      ThreadLocal.withInitial(() -> new float[Stripes.COUNT]);

  @Override
  public double logSumExp(MemorySegment x, long offset, int count) {
    LogprobKernel.check(x, offset, count);
    float max = largest(x, offset, count);
    if (max == Float.NEGATIVE_INFINITY) {
      return max;
    }
    float[] stripes = scratch.get();
    double sum = 0;
    for (int chunk = 0; chunk < count; chunk += CHUNK) {
      sum += total(x, offset + chunk, Math.min(CHUNK, count - chunk), max, stripes);
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

  private static float total(MemorySegment x, long from, int count, float max, float[] stripes) {
    for (int first = 0; first < Stripes.COUNT; first += LANES) {
      share(x, from, count, first, max, stripes);
    }
    return Stripes.fold(stripes);
  }

  /// The stripes from `first` on that fit one register. They end in memory: a register that a
  /// method returns is an object wherever the compiler does not inline that method.
  private static void share(
      MemorySegment x, long from, int count, int first, float max, float[] stripes) {
    FloatVector acc = FloatVector.zero(LanesVector.SPECIES);
    int i = first;
    for (; i + LANES <= count; i += Stripes.COUNT) {
      acc = acc.add(ElementaryVector.exp(load(x, from + i).sub(max)));
    }
    acc.intoArray(stripes, first);
    if (i < count) {
      VectorMask<Float> mask = LanesVector.below(i, count);
      FloatVector e = ElementaryVector.exp(load(x, from + i, mask).sub(max));
      FloatVector.fromArray(LanesVector.SPECIES, stripes, first)
          .add(e, mask)
          .intoArray(stripes, first);
    }
  }
}
