package dev.steerage.transformer.generation;

/// Random numbers as a function of (seed, counter): nothing is carried from draw to draw, so a
/// successor that goes on at token i draws what the first worker would have drawn.
final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long SEED_STREAM = 0xD1B54A32D192ED03L;

  private CounterRandom() {}

  /// Uniform in [0, 1) with 53 bits.
  static double uniform(long seed, long counter) {
    long key = mix(seed ^ SEED_STREAM);
    return (mix(key + GOLDEN * (counter + 1)) >>> 11) * 0x1.0p-53;
  }

  /// The finalizer of SplitMix64.
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
