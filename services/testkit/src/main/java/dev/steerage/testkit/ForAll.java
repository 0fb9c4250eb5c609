package dev.steerage.testkit;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// Seeded property loops: a failing case prints the seed that replays it.
///
/// The seeds are the same in every run, so that a build is red or green for a reason;
/// `-Dforall.base=n` explores others and `-Dforall.seed=n` replays one.
public final class ForAll {

  private static final String SEED = "forall.seed";
  private static final String BASE = "forall.base";

  private final int cases;

  private ForAll(int cases) {
    this.cases = cases;
  }

  /// One generated case; all its randomness comes from the generator.
  @FunctionalInterface
  public interface Property {
    void check(RandomGenerator random) throws Exception;
  }

  public static ForAll cases(int cases) {
    if (cases < 1) {
      throw new IllegalArgumentException("cases=" + cases + ", limit=1..");
    }
    return new ForAll(cases);
  }

  public void check(Property property) {
    Long replayed = Long.getLong(SEED);
    if (replayed != null) {
      checkOne(property, replayed);
      return;
    }
    long base = Long.getLong(BASE, 0);
    for (int i = 0; i < cases; i++) {
      checkOne(property, base + i);
    }
  }

  private static void checkOne(Property property, long seed) {
    try {
      property.check(new SplittableRandom(seed));
    } catch (Exception | AssertionError e) {
      throw new AssertionError("failed with seed; replay with -D" + SEED + "=" + seed, e);
    }
  }
}
