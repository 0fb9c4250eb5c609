package dev.steerage.trainer.data;

import java.util.SplittableRandom;

/// Random numbers as a function of seed, purpose and number: nothing is carried from draw to draw,
/// so a run that is resumed draws what an undisturbed one would have drawn.
public final class Randomness {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private Randomness() {}

  /// What draws are for; draws of two purposes are independent.
  public enum Purpose {
    WEIGHTS,
    CODES,
    TRAIN,
    VALID,
    AUTOMATON,
    SHUFFLE,
    REPLACE,
    SAMPLE
  }

  /// The generator of one number.
  public static SplittableRandom of(long seed, Purpose purpose, long number) {
    return new SplittableRandom(
        mix(mix(mix(seed) + purpose.ordinal() + 1) + GOLDEN * (number + 1)));
  }

  /// A standard normal draw, the same on every machine.
  public static double normal(SplittableRandom random) {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - random.nextDouble()));
    return radius * StrictMath.cos(2 * Math.PI * random.nextDouble());
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
