package dev.steerage.benchmarks;

import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/// Normal values from a fixed seed: for a codebook the hard case, as its scores lie close together.
final class RandomTensors {
  private RandomTensors() {}

  static MemorySegment normal(Arena arena, long elements, long seed) {
    Random random = new Random(seed);
    MemorySegment tensor = arena.allocate(elements * Float.BYTES, 64);
    for (long i = 0; i < elements; i++) {
      Floats.set(tensor, i, (float) random.nextGaussian());
    }
    return tensor;
  }
}
