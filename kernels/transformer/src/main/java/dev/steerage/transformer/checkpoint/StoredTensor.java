package dev.steerage.transformer.checkpoint;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;

/// One tensor as it lies in a file.
///
/// @param strides elements from one index to the next, per dimension
/// @param data from the first element to the last; mapped
record StoredTensor(
    Path file, String name, TensorType type, long[] shape, long[] strides, MemorySegment data) {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort F16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final int CHECKED_AT_ONCE = 1 << 14;
  private static final int EXPONENT = 0x7F800000;

  /// A tensor whose rows follow each other.
  static StoredTensor dense(
      Path file, String name, TensorType type, long[] shape, MemorySegment data) {
    return new StoredTensor(file, name, type, shape, denseStrides(shape), data);
  }

  static long[] denseStrides(long[] shape) {
    long[] strides = new long[shape.length];
    long step = 1;
    for (int i = shape.length - 1; i >= 0; i--) {
      strides[i] = step;
      step *= Math.max(1, shape[i]);
    }
    return strides;
  }

  long elements() {
    long count = 1;
    for (long n : shape) {
      count *= n;
    }
    return count;
  }

  boolean hasShape(int... expected) {
    return Arrays.equals(shape, Arrays.stream(expected).asLongStream().toArray());
  }

  /// This tensor as native float32: the mapped bytes themselves where they already are that, else a
  /// widened copy in the arena. Values that are not finite go to the check.
  MemorySegment floats(Arena arena, LoadObserver observer, int... expected) {
    return floats(arena, observer, Team.ALONE, expected);
  }

  /// As above, looked at by the threads of a team.
  MemorySegment floats(Arena arena, LoadObserver observer, Team team, int... expected) {
    if (!type.isWeight()) {
      throw new CheckpointException(file, name, "type F32, F16 or BF16", type.name());
    }
    if (!hasShape(expected)) {
      throw new CheckpointException(
          file, name, "shape " + Arrays.toString(expected), "shape " + Arrays.toString(shape));
    }
    MemorySegment values = isPlain() ? data : widened(arena);
    check(values, observer, team);
    return values;
  }

  /// Gives the memory of the mapped pages back; they are read again when they are touched.
  void unload() {
    if (data.isMapped() && data.byteSize() > 0) {
      data.unload();
    }
  }

  private boolean isPlain() {
    return type == TensorType.F32
        && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
        && isDense();
  }

  /// Where a dimension has one element its stride means nothing.
  private boolean isDense() {
    long[] dense = denseStrides(shape);
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] != 1 && strides[i] != dense[i]) {
        return false;
      }
    }
    return true;
  }

  private MemorySegment widened(Arena arena) {
    long count = elements();
    if (count > data.byteSize() / type.bytes()) {
      // A stride of 0 repeats elements: as a weight it would take more memory than the file holds.
      throw new CheckpointException(
          file, name, "elements that are all stored", "strides " + Arrays.toString(strides));
    }
    MemorySegment values = arena.allocate(Math.max(1, Math.multiplyExact(count, Float.BYTES)), 64);
    long[] index = new long[shape.length];
    long at = 0;
    for (long i = 0; i < count; i++) {
      Floats.set(values, i, element(at));
      for (int d = shape.length - 1; d >= 0; d--) {
        at += strides[d];
        if (++index[d] < shape[d]) {
          break;
        }
        at -= strides[d] * shape[d];
        index[d] = 0;
      }
    }
    return values.asSlice(0, count * Float.BYTES);
  }

  private float element(long at) {
    return switch (type) {
      case F32 -> data.get(F32, 4 * at);
      case F16 -> Float.float16ToFloat(data.get(F16, 2 * at));
      case BF16 -> Float.intBitsToFloat(data.get(F16, 2 * at) << 16);
      case F64, I64, I32, I16, I8, U64, U32, U16, U8, BOOL ->
          throw new IllegalStateException("no weight type: type=" + type);
    };
  }

  private void check(MemorySegment values, LoadObserver observer, Team team) {
    long count = elements();
    int parts = Math.toIntExact((count + CHECKED_AT_ONCE - 1) / CHECKED_AT_ONCE);
    boolean[] isOdd = new boolean[parts];
    team.each(
        parts, (part, place) -> isOdd[part] = !isFinite(values, part * (long) CHECKED_AT_ONCE));
    // In order, and by one thread: who looks hears of the first one first.
    for (int part = 0; part < parts; part++) {
      long from = part * (long) CHECKED_AT_ONCE;
      for (long i = from; isOdd[part] && i < Math.min(count, from + CHECKED_AT_ONCE); i++) {
        float value = Floats.get(values, i);
        if (!Float.isFinite(value)) {
          observer.notFinite(this, i, value);
        }
      }
    }
  }

  /// Looks at a piece of the values in a form that compiles to vector instructions.
  private boolean isFinite(MemorySegment values, long from) {
    float[] part = new float[(int) Math.min(elements() - from, CHECKED_AT_ONCE)];
    MemorySegment.copy(values, Floats.LAYOUT, from * Float.BYTES, part, 0, part.length);
    int largest = 0;
    for (float value : part) {
      largest = Math.max(largest, Float.floatToRawIntBits(value) & EXPONENT);
    }
    return largest < EXPONENT;
  }
}
