package dev.steerage.ops.reduction;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.Floats;
import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The sums in `reduction.c`.
public final class ReductionNative implements ReductionKernel {
  private static final MethodHandle ADD =
      NativeLibrary.kernel(
          "reduction_add",
          FunctionDescriptor.ofVoid(
              ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG));
  private static final MethodHandle COLUMNS =
      NativeLibrary.kernel(
          "reduction_columns",
          FunctionDescriptor.ofVoid(
              ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG));
  private static final MethodHandle SQUARES =
      NativeLibrary.kernel(
          "reduction_squares", FunctionDescriptor.of(JAVA_DOUBLE, ADDRESS, JAVA_LONG, JAVA_LONG));

  @Override
  public void add(
      MemorySegment from,
      long fromOffset,
      long fromStride,
      MemorySegment to,
      long toOffset,
      long toStride,
      int rows,
      int width) {
    ReductionKernel.checkAdd(from, fromOffset, fromStride, to, toOffset, toStride, rows, width);
    try {
      ADD.invokeExact(from, fromOffset, fromStride, to, toOffset, toStride, rows, (long) width);
    } catch (Throwable e) {
      throw new KernelException("add", e);
    }
  }

  @Override
  public void columns(
      MemorySegment from,
      long fromOffset,
      long fromStride,
      int rows,
      int width,
      MemorySegment to,
      long toOffset) {
    Floats.check("from", from, fromOffset, fromStride, rows, width);
    Floats.check("to", to, toOffset, width, 1, width);
    try {
      COLUMNS.invokeExact(from, fromOffset, fromStride, rows, width, to, toOffset);
    } catch (Throwable e) {
      throw new KernelException("columns", e);
    }
  }

  @Override
  public double squares(MemorySegment x, long offset, int count) {
    Floats.check("x", x, offset, count, 1, count);
    try {
      return (double) SQUARES.invokeExact(x, offset, (long) count);
    } catch (Throwable e) {
      throw new KernelException("squares", e);
    }
  }
}
