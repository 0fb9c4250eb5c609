package dev.steerage.worker.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PaceTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void shouldLetTheFirstTokenComeAtOnce() {
    assertThat(new Pace(2).isDue(123)).isTrue();
  }

  @Test
  void shouldSpaceTokensByTheInterval() {
    Pace pace = new Pace(4);
    pace.chosen(0);

    assertThat(pace.isDue(SECOND / 4 - 1)).isFalse();
    assertThat(pace.leftNs(SECOND / 8)).isEqualTo(SECOND / 8);
    assertThat(pace.isDue(SECOND / 4)).isTrue();
  }

  @Test
  void shouldNeverExceedTheRateCountedFromTheFirstToken() {
    Pace pace = new Pace(10);
    long nowNs = 0;
    int tokens = 0;
    // Steps take 70 ms, and one of them half a second.
    while (nowNs < 10 * SECOND) {
      if (pace.isDue(nowNs)) {
        pace.chosen(nowNs);
        tokens++;
      }
      nowNs += tokens == 20 ? SECOND / 2 : 70_000_000;
    }

    assertThat(tokens).isBetween(80, 101);
  }

  @Test
  void shouldRefuseARateThatIsNoRate() {
    assertThatThrownBy(() -> new Pace(0)).hasMessageContaining("pace=0.0");
    assertThatThrownBy(() -> new Pace(Double.NaN)).hasMessageContaining("pace=NaN");
  }
}
