package dev.steerage.worker.benchmark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.steerage.ops.Backends;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Steering by rules allocates nothing per token. In a JVM of its own, as a worker runs.
class SteeredAllocationTest {
  private static final int PATIENCE_S = 60;

  @Test
  void shouldAllocateNothingPerSteeredToken() throws IOException, InterruptedException {
    assumeThat(Backends.byName("auto").name())
        .as("the backend of this machine")
        .isEqualTo("native");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SteeredAllocation.class.getName());
    command.add(Path.of("..", "..", "infra", "models", "tokfsm").toAbsolutePath().toString());
    command.add(String.valueOf(PATIENCE_S));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).as("ended: %s", said).isTrue();
    assertThat(said.lines().toList()).contains("bytes=0", "steered=true");
  }
}
