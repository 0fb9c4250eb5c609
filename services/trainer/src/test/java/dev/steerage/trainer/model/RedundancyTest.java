package dev.steerage.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RedundancyTest {
  private static final int ROWS = 3;
  private static final int GROUPS = 3;
  private static final int WIDTH = 4;
  private static final int COUNT = ROWS * GROUPS * WIDTH;

  @Test
  void shouldAddTheSlopeOfThePenalty() {
    try (Arena arena = Arena.ofConfined()) {
      Random random = new Random(1);
      MemorySegment out = arena.allocate(COUNT * Float.BYTES, 4);
      for (int i = 0; i < COUNT; i++) {
        Floats.set(out, i, (float) random.nextGaussian());
      }
      MemorySegment gradient = arena.allocate(COUNT * Float.BYTES, 4);
      Redundancy.add(out, gradient, ROWS, GROUPS, WIDTH, 0.7, ROWS);
      float step = 0x1p-10f;
      for (int i = 0; i < COUNT; i++) {
        float was = Floats.get(out, i);
        Floats.set(out, i, was + step);
        double above = Redundancy.value(out, ROWS, GROUPS, WIDTH, ROWS);
        Floats.set(out, i, was - step);
        double below = Redundancy.value(out, ROWS, GROUPS, WIDTH, ROWS);
        Floats.set(out, i, was);
        double slope = 0.7 * (above - below) / (2 * step);
        assertThat((double) Floats.get(gradient, i)).isCloseTo(slope, within(2e-3));
      }
    }
  }

  @Test
  void shouldBeNothingForCodebooksThatSayDifferentThings() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment out = arena.allocate(2 * 2 * Float.BYTES, 4);
      Floats.set(out, 0, 3f);
      Floats.set(out, 3, 5f);

      assertThat(Redundancy.value(out, 1, 2, 2, 1)).isZero();
    }
  }
}
