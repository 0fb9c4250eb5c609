package dev.steerage.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A failing case names the seed that shows it again.
class ForAllTest {

  @Test
  void shouldNameSeedOfFailingCase() {
    assertThatThrownBy(
            () -> ForAll.cases(50).check(random -> assertThat(random.nextInt(10)).isLessThan(9)))
        .isInstanceOf(AssertionError.class)
        .hasMessageMatching("(?s).*-Dforall\\.seed=\\d+.*");
  }

  @Test
  void shouldDrawSameCasesInEveryRun() {
    assertThat(drawn()).isEqualTo(drawn()).doesNotHaveDuplicates();
  }

  private static List<Long> drawn() {
    List<Long> drawn = new ArrayList<>();
    ForAll.cases(5).check(random -> drawn.add(random.nextLong()));
    return drawn;
  }
}
