package dev.steerage.ops.crossentropy;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Cross-entropy in `crossentropy.c`.
public final class CrossEntropyNative implements CrossEntropyKernel {
  private static final MethodHandle CROSS_ENTROPY =
      NativeLibrary.kernel(
          "crossentropy",
          FunctionDescriptor.ofVoid(
              ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_FLOAT, ADDRESS));

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
    try {
      CROSS_ENTROPY.invokeExact(logits, offset, (long) stride, rows, count, targets, scale, parts);
    } catch (Throwable e) {
      throw new KernelException("cross-entropy", e);
    }
  }
}
