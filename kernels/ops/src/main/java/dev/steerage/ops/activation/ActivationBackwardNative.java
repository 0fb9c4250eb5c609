package dev.steerage.ops.activation;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The gradients of the activation functions in `activation_backward.c`.
public final class ActivationBackwardNative implements ActivationBackwardKernel {
  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.ofVoid(
          ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle ERF = NativeLibrary.kernel("gelu_erf_backward", SIGNATURE);
  private static final MethodHandle TANH = NativeLibrary.kernel("gelu_tanh_backward", SIGNATURE);

  @Override
  public void apply(
      Activation function,
      MemorySegment x,
      long xOffset,
      int xStride,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      int rows,
      int width) {
    ActivationBackwardKernel.check(x, xOffset, xStride, dy, dyOffset, dyStride, rows, width);
    long xs = xStride;
    long dys = dyStride;
    try {
      switch (function) {
        case GELU_ERF -> ERF.invokeExact(x, xOffset, xs, dy, dyOffset, dys, rows, width);
        case GELU_TANH -> TANH.invokeExact(x, xOffset, xs, dy, dyOffset, dys, rows, width);
      }
    } catch (Throwable e) {
      throw new KernelException("activation backward", e);
    }
  }
}
