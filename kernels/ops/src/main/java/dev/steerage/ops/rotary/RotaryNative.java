package dev.steerage.ops.rotary;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.steerage.ops.KernelException;
import dev.steerage.ops.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The rotary embedding in `rotary.c`, one call per row: positions stay in their heap array.
public final class RotaryNative implements RotaryKernel {
  private static final MethodHandle ROTARY =
      NativeLibrary.kernel(
          "rotary",
          FunctionDescriptor.ofVoid(
              ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG));

  @Override
  public void rotate(
      RotaryTable table,
      MemorySegment x,
      long offset,
      int rowStride,
      int rows,
      int heads,
      int headStride,
      int[] positions,
      int positionsOffset) {
    RotaryKernel.check(
        table, x, offset, rowStride, rows, heads, headStride, positions, positionsOffset);
    try {
      for (int r = 0; r < rows; r++) {
        ROTARY.invokeExact(
            table.cos(),
            table.sin(),
            table.rotated() / 2,
            positions[positionsOffset + r],
            x,
            offset + (long) r * rowStride,
            heads,
            (long) headStride);
      }
    } catch (Throwable e) {
      throw new KernelException("rotary", e);
    }
  }
}
