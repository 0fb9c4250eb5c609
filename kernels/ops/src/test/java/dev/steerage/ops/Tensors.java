package dev.steerage.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/// Small tensors for the comparison tests, and the two ways to compare them.
public final class Tensors {
  /// Values that tend to break kernels.
  public static final float[] HARD = {
    0f,
    -0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    0x1p-127f,
    Float.MIN_NORMAL,
    1f,
    -1f,
    Math.nextUp(1f),
    1e-20f,
    -3e18f,
    65504f,
    -88f,
    88.5f,
    1e30f,
    -1e30f
  };

  private Tensors() {}

  /// Memory that ends exactly where the tensor ends, filled with NaN: what a kernel leaves out
  /// shows.
  public static MemorySegment empty(Arena arena, long elements) {
    MemorySegment tensor = arena.allocate(elements * Float.BYTES, 4);
    for (long i = 0; i < elements; i++) {
      Floats.set(tensor, i, Float.NaN);
    }
    return tensor;
  }

  public static MemorySegment of(Arena arena, float... values) {
    MemorySegment tensor = empty(arena, values.length);
    for (int i = 0; i < values.length; i++) {
      Floats.set(tensor, i, values[i]);
    }
    return tensor;
  }

  public static MemorySegment normal(Arena arena, long elements, long seed) {
    Random random = new Random(seed);
    MemorySegment tensor = empty(arena, elements);
    for (long i = 0; i < elements; i++) {
      Floats.set(tensor, i, (float) random.nextGaussian());
    }
    return tensor;
  }

  /// Normal values with hard ones strewn in.
  public static MemorySegment hard(Arena arena, long elements, long seed) {
    Random random = new Random(seed);
    MemorySegment tensor = normal(arena, elements, seed);
    for (long i = 0; i < elements; i++) {
      if (random.nextInt(3) == 0) {
        Floats.set(tensor, i, HARD[random.nextInt(HARD.length)]);
      }
    }
    return tensor;
  }

  public static MemorySegment copy(Arena arena, MemorySegment tensor) {
    return arena.allocate(tensor.byteSize(), 4).copyFrom(tensor);
  }

  /// The bits of every element; one NaN is as good as another.
  public static int[] bits(MemorySegment tensor) {
    return bits(tensor, 0, tensor.byteSize() / Float.BYTES);
  }

  public static int[] bits(MemorySegment tensor, long offset, long count) {
    int[] bits = new int[Math.toIntExact(count)];
    for (int i = 0; i < count; i++) {
      bits[i] = Float.floatToIntBits(Floats.get(tensor, offset + i));
    }
    return bits;
  }

  /// The only tolerance in these tests: `length` roundings of terms that add up to `magnitude` in
  /// absolute value, and a few more at the end.
  public static void assertClose(double actual, double exact, int length, double magnitude) {
    double bound = (length + 4) * 0x1p-24 * magnitude + Float.MIN_NORMAL;
    assertThat(Math.abs(actual - exact))
        .as("actual %s, exact %s, bound %s", actual, exact, bound)
        .isLessThanOrEqualTo(bound);
  }
}
