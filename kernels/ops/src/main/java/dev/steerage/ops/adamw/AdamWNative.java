package dev.steerage.ops.adamw;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The AdamW step in `adamw.c`.
public final class AdamWNative implements AdamWKernel {
  private static final MethodHandle ADAMW =
      NativeLibrary.kernel(
          "adamw",
          FunctionDescriptor.ofVoid(
              ADDRESS,
              ADDRESS,
              ADDRESS,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_FLOAT,
              JAVA_FLOAT,
              JAVA_FLOAT,
              JAVA_FLOAT,
              JAVA_FLOAT,
              JAVA_FLOAT,
              JAVA_FLOAT));

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
    try {
      ADAMW.invokeExact(
          parameters,
          first,
          second,
          gradients,
          offset,
          count,
          step.rate(),
          step.beta1(),
          step.beta2(),
          step.eps(),
          step.correction(),
          step.keep(),
          step.gradScale());
    } catch (Throwable e) {
      throw new KernelException("adamw", e);
    }
  }
}
