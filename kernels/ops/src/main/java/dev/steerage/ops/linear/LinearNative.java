package dev.steerage.ops.linear;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The affine map in `linear.c`.
public final class LinearNative implements LinearKernel {
  private static final MethodHandle LINEAR =
      NativeLibrary.kernel(
          "linear",
          FunctionDescriptor.ofVoid(
              ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT,
              ADDRESS, JAVA_LONG, JAVA_LONG));

  private record Weights(Panels panels) implements PackedLinear {
    @Override
    public int out() {
      return panels.out();
    }

    @Override
    public int in() {
      return panels.in();
    }
  }

  @Override
  public PackedLinear pack(
      MemorySegment weight, MemorySegment biasOrNull, int out, int in, Arena arena) {
    LinearKernel.checkPack(weight, biasOrNull, out, in);
    return new Weights(Panels.of(weight, biasOrNull, out, in, arena));
  }

  @Override
  public void apply(
      PackedLinear weights,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
      int yStride) {
    if (!(weights instanceof Weights(Panels panels))) {
      throw new IllegalArgumentException("weights: packed by another backend, limit=native");
    }
    LinearKernel.checkApply(weights, x, xOffset, xStride, rows, y, yOffset, yStride);
    try {
      LINEAR.invokeExact(
          panels.values(),
          panels.bias(),
          panels.out(),
          panels.in(),
          x,
          xOffset,
          (long) xStride,
          rows,
          y,
          yOffset,
          (long) yStride);
    } catch (Throwable e) {
      throw new KernelException("linear", e);
    }
  }
}
