package dev.steerage.ops.logprob;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The normaliser's two passes in `logprob.c`; the one logarithm is [StrictMath]'s.
public final class LogprobNative implements LogprobKernel {
  private static final MethodHandle MAX =
      NativeLibrary.kernel(
          "logprob_max", FunctionDescriptor.of(JAVA_FLOAT, ADDRESS, JAVA_LONG, JAVA_INT));
  private static final MethodHandle SUM =
      NativeLibrary.kernel(
          "logprob_sum",
          FunctionDescriptor.of(JAVA_DOUBLE, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_FLOAT));

  @Override
  public double logSumExp(MemorySegment x, long offset, int count) {
    LogprobKernel.check(x, offset, count);
    try {
      float max = (float) MAX.invokeExact(x, offset, count);
      if (max == Float.NEGATIVE_INFINITY) {
        return max;
      }
      double sum = (double) SUM.invokeExact(x, offset, count, max);
      return max + StrictMath.log(sum);
    } catch (Throwable e) {
      throw new KernelException("logprob", e);
    }
  }
}
