package dev.steerage.cli.automaton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void shouldReadSuccessorsInAnyOrder(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("automaton.json");
    Files.writeString(file, "{\"digits\": 1, \"successors\": [[2, 1], [0], [1]]}");

    assertThat(Automaton.read(file).after(0)).containsExactly(1, 2);
  }

  @Test
  void shouldNameTheFileThatIsNoAutomaton(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("automaton.json");
    Files.writeString(file, "{\"digits\": 1, \"successors\": [[7]]}");

    assertThatThrownBy(() -> Automaton.read(file))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("automaton.json")
        .hasMessageContaining("successor=7");
    assertThatThrownBy(() -> Automaton.read(folder.resolve("none")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("none");
  }
}
