package dev.steerage.domain.automaton;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AutomatonTest {
  private final Automaton automaton =
      new Automaton(
          2,
          List.of(
              List.of(1, 2),
              List.of(2, 12),
              List.of(0),
              List.of(12),
              List.of(0),
              List.of(0),
              List.of(0),
              List.of(0),
              List.of(0),
              List.of(0),
              List.of(0),
              List.of(0),
              List.of(3)));

  @Test
  void shouldWriteStatesWithLeadingZeros() {
    assertThat(automaton.text(List.of(2, 12, 3))).isEqualTo("021203");
  }

  @Test
  void shouldNameEveryMomentBeforeANextStateIsWhole() {
    assertThat(automaton.prefixesAfter(1)).containsExactly("", "0", "1");
  }

  @Test
  void shouldWalkOnlyWhereTheAutomatonAllows() {
    List<Integer> walk = automaton.walk(0, 200, new SplittableRandom(1));

    assertThat(walk).hasSize(200);
    for (int i = 1; i < walk.size(); i++) {
      assertThat(automaton.allows(walk.get(i - 1), walk.get(i))).as("step " + i).isTrue();
    }
  }
}
