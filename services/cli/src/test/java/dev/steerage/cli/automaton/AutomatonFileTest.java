package dev.steerage.cli.automaton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.cli.CliException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AutomatonFileTest {
  @Test
  void shouldReadSuccessorsInAnyOrder(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("automaton.json");
    Files.writeString(file, "{\"digits\": 1, \"successors\": [[2, 1], [0], [1]]}");

    assertThat(AutomatonFile.read(file).after(0)).containsExactly(1, 2);
  }

  @Test
  void shouldNameTheFileThatIsNoAutomaton(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("automaton.json");
    Files.writeString(file, "{\"digits\": 1, \"successors\": [[7]]}");

    assertThatThrownBy(() -> AutomatonFile.read(file))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("automaton.json")
        .hasMessageContaining("successor=7");
    assertThatThrownBy(() -> AutomatonFile.read(folder.resolve("none")))
        .isInstanceOf(CliException.class)
        .hasMessageContaining("none");
  }
}
