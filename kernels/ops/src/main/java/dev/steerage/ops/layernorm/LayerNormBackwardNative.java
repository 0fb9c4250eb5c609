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

/// The gradient of layer normalisation in `layernorm_backward.c`.
public final class LayerNormBackwardNative implements LayerNormBackwardKernel {
  private static final MethodHandle BACKWARD =
      NativeLibrary.kernel(
          "layernorm_backward",
          FunctionDescriptor.ofVoid(
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_INT,
              JAVA_INT,
              ADDRESS,
              JAVA_FLOAT,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              ADDRESS,
              JAVA_LONG,
              JAVA_LONG,
              JAVA_INT,
              ADDRESS,
              ADDRESS));

  @Override
  public void apply(
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int width,
      MemorySegment gamma,
      float eps,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      MemorySegment dx,
      long dxOffset,
      int dxStride,
      boolean accumulate,
      MemorySegment dgamma,
      MemorySegment dbeta) {
    LayerNormBackwardKernel.check(
        x, xOffset, xStride, rows, width, gamma, dy, dyOffset, dyStride, dx, dxOffset, dxStride,
        dgamma, dbeta);
    try {
      BACKWARD.invokeExact(
          x,
          xOffset,
          (long) xStride,
          rows,
          width,
          gamma,
          eps,
          dy,
          dyOffset,
          (long) dyStride,
          dx,
          dxOffset,
          (long) dxStride,
          accumulate ? 1 : 0,
          dgamma,
          dbeta);
    } catch (Throwable e) {
      throw new KernelException("layernorm backward", e);
    }
  }
}
