package dev.steerage.ops;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How every kernel sees a float32 tensor: off-heap, native byte order, row-major, any alignment,
/// and **every offset and stride counted in elements**, never in bytes.
public final class Floats {
  /// A checkpoint may place a tensor at any byte, so no alignment is assumed.
  public static final ValueLayout.OfFloat LAYOUT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private Floats() {}

  public static float get(MemorySegment tensor, long index) {
    return tensor.get(LAYOUT, index << 2);
  }

  public static void set(MemorySegment tensor, long index, float value) {
    tensor.set(LAYOUT, index << 2, value);
  }

  /// Refuses a block of rows that does not lie inside its tensor.
  ///
  /// Kernels call it before they touch memory, so the C side never needs to. Rows may not overlap
  /// unless there is at most one.
  public static void check(
      String name, MemorySegment tensor, long offset, long stride, int rows, int width) {
    if (rows < 0 || width < 0 || offset < 0) {
      throw new IllegalArgumentException(
          name + ": rows=" + rows + ", width=" + width + ", offset=" + offset + ", limit=0");
    }
    if (!tensor.isNative()) {
      throw new IllegalArgumentException(name + ": memory=heap, limit=native");
    }
    if (rows > 1 && stride < width) {
      throw new IllegalArgumentException(name + ": stride=" + stride + ", limit=" + width);
    }
    if (rows > 0) {
      long end = Math.addExact(offset, (rows - 1) * stride + width);
      if (end > tensor.byteSize() >>> 2) {
        throw new IllegalArgumentException(
            name + ": end=" + end + ", limit=" + (tensor.byteSize() >>> 2));
      }
    }
  }
}
