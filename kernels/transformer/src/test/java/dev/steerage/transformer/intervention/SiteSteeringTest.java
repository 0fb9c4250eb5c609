package dev.steerage.transformer.intervention;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SiteSteeringTest {
  private final int[] to = new int[8];

  @Test
  void shouldBlockWhatBansLeaveEmptyWhereEveryCodeIsActive() {
    // C = k = 3: there is no next best.
    SiteSteering one = SiteSteering.builder().ban(0).build();
    assertThat(one.apply(3, new int[] {2, 0, 1}, 0, 3, to, 1)).isEqualTo(3);
    assertThat(to).startsWith(0, 2, 1, -1);
    SiteSteering all = SiteSteering.builder().ban(0).ban(1).ban(2).build();
    assertThat(all.apply(3, new int[] {2, 0, 1}, 0, 3, to, 0)).isEqualTo(3);
    assertThat(to).startsWith(-1, -1, -1);
  }

  @Test
  void shouldActivateACodeThatIsBannedToo() {
    SiteSteering both = SiteSteering.builder().ban(5).write(5, -1).build();
    both.apply(2, new int[] {5, 4, 3}, 0, 3, to, 0);
    assertThat(to).startsWith(4, 5);
  }

  @Test
  void shouldCountACodeAsOftenAsItIsAppended() {
    SiteSteering twice = SiteSteering.builder().append(7).append(7).build();
    assertThat(twice.apply(2, new int[] {1, 2}, 0, 2, to, 0)).isEqualTo(4);
    assertThat(to).startsWith(1, 2, 7, 7);
  }

  @Test
  void shouldLetTheLastWriteHaveASlot() {
    SiteSteering writes =
        SiteSteering.builder()
            .write(1, -1)
            .write(9, SlotWrite.ALL_SLOTS)
            .write(8, 0)
            .write(SlotWrite.BLOCKED, -1)
            .build();
    writes.apply(3, new int[] {4, 5, 6}, 0, 3, to, 0);
    assertThat(to).startsWith(8, 9, -1);
  }

  @Test
  void shouldBeEqualWhereItDoesTheSame() {
    SiteSteering one = SiteSteering.builder().ban(3).ban(1).write(2, 0).append(4).build();
    SiteSteering same = SiteSteering.builder().ban(1).ban(3).ban(1).write(2, 0).append(4).build();
    assertThat(one).isEqualTo(same).hasSameHashCodeAs(same);
    assertThat(SiteSteering.builder().ban(1).ablate(2).build())
        .isNotEqualTo(SiteSteering.builder().ban(1).ban(2).build())
        .isNotEqualTo(SiteSteering.builder().ban(1).append(2).build());
    assertThat(SiteSteering.builder().write(1, 2).build())
        .isNotEqualTo(SiteSteering.builder().append(1).append(2).build());
    assertThat(SiteSteering.builder().disableTop(1).build())
        .isNotEqualTo(SiteSteering.builder().build());
  }
}
