package dev.steerage.ops.activation;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The activation functions in `activation.c`.
public final class ActivationNative implements ActivationKernel {
  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle GELU_ERF = NativeLibrary.kernel("gelu_erf", SIGNATURE);
  private static final MethodHandle GELU_TANH = NativeLibrary.kernel("gelu_tanh", SIGNATURE);

  @Override
  public void apply(
      Activation function, MemorySegment x, long offset, int stride, int rows, int width) {
    ActivationKernel.check(x, offset, stride, rows, width);
    try {
      switch (function) {
        case GELU_ERF -> GELU_ERF.invokeExact(x, offset, (long) stride, rows, width);
        case GELU_TANH -> GELU_TANH.invokeExact(x, offset, (long) stride, rows, width);
      }
    } catch (Throwable e) {
      throw new KernelException("activation", e);
    }
  }
}
