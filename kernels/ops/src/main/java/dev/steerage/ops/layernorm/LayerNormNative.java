package dev.steerage.ops.layernorm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Layer normalisation in `layernorm.c`.
public final class LayerNormNative implements LayerNormKernel {
  private static final MethodHandle LAYER_NORM =
      NativeLibrary.kernel(
          "layernorm",
          FunctionDescriptor.ofVoid(
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_INT,
              JAVA_INT,
              ADDRESS,
              ADDRESS,
              JAVA_FLOAT,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG));

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
    try {
      LAYER_NORM.invokeExact(
          x, xOffset, (long) xStride, rows, width, gamma, beta, eps, y, yOffset, (long) yStride);
    } catch (Throwable e) {
      throw new KernelException("layernorm", e);
    }
  }
}
