package dev.steerage.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file that other verbs find a running instance by.
class RunningFileTest {

  private static final int MAX_BYTES = 4096;

  @TempDir Path data;

  @Test
  void shouldNameProcessAndAddressesWhileOpen() throws IOException {
    try (var _ = RunningFile.write(data, Map.of("bootstrap", "host:1"), List.of("tokfsm"))) {
      var said = Json.parse(Files.readAllBytes(data.resolve("running.json")), MAX_BYTES);

      assertThat(said.get("pid").asLong()).isEqualTo(ProcessHandle.current().pid());
      assertThat(said.get("bootstrap").asString()).isEqualTo("host:1");
      assertThat(said.get("models").get(0).asString()).isEqualTo("tokfsm");
    }
  }

  @Test
  void shouldBeGoneOnceClosed() {
    RunningFile.write(data, Map.of("bootstrap", "host:1"), List.of()).close();

    assertThat(data).isEmptyDirectory();
  }
}
