package dev.steerage.statistics.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Counts come back as they were written, in the shorter of two ways.
class ChangeSectionTest {
  private static final ChangeSection.Totals TOTALS = new ChangeSection.Totals(1, 1L << 40, 0);

  @Test
  void shouldGiveBackRandomCountsOfAnyDensity() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int[] counts = new int[random.nextInt(1, 2_000)];
      double share = random.nextDouble();
      int bits = random.nextInt(1, 31);
      for (int code = 0; code < counts.length; code++) {
        counts[code] = random.nextDouble() < share ? random.nextInt() >>> (32 - bits) : 0;
      }
      ChangeWriter writer = new ChangeWriter();
      write(writer, counts);
      ChangeReader reader = new ChangeReader(writer.copy());
      ChangeSection.Head head = ChangeSection.readHead(reader);
      int[] read = new int[counts.length];
      ChangeSection.readCounts(reader, head, (code, count) -> read[code] += count);
      assertThat(read).as("seed %s", seed).isEqualTo(counts);
      assertThat(head.site()).isEqualTo(head(counts.length));
      assertThat(head.totals()).isEqualTo(TOTALS);
      assertThat(reader.hasMore()).isFalse();
    }
  }

  @Test
  void shouldWriteOneByteForEachCodeAtMostWhenCountsAreSmall() {
    int[] counts = new int[1_000];
    Arrays.fill(counts, 100);
    ChangeWriter writer = new ChangeWriter();
    write(writer, counts);
    assertThat(writer.size()).isBetween(1_000, 1_040);
  }

  @Test
  void shouldWriteFewBytesForFewCodes() {
    int[] counts = new int[100_000];
    counts[99_999] = 1;
    ChangeWriter writer = new ChangeWriter();
    write(writer, counts);
    assertThat(writer.size()).isLessThan(30);
  }

  @Test
  void shouldRefuseRecordThatEndsEarly() {
    ChangeWriter writer = new ChangeWriter();
    write(writer, new int[] {1, 2, 3});
    byte[] cut = Arrays.copyOf(writer.copy(), writer.size() - 1);
    ChangeReader reader = new ChangeReader(cut);
    ChangeSection.Head head = ChangeSection.readHead(reader);
    assertThatThrownBy(() -> ChangeSection.readCounts(reader, head, (_, _) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ends early");
  }

  private static SiteHead head(int codes) {
    return new SiteHead(300, new Site(3, Component.ATTN, 15), codes, 8);
  }

  private static void write(ChangeWriter writer, int[] counts) {
    long[] touched = new long[(counts.length + 63) / 64];
    for (int code = 0; code < counts.length; code++) {
      touched[code >> 6] |= counts[code] == 0 ? 0 : 1L << code;
    }
    ChangeSection.write(writer, head(counts.length), false, TOTALS, counts, touched);
  }
}
