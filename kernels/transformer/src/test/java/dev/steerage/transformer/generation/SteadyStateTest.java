package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.transformer.TestBackends;
import dev.steerage.transformer.TestModels;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Between requests the decode thread allocates nothing. In a JVM of its own, as a worker runs: one
/// that has run several backends compiles their calls less well.
class SteadyStateTest {
  private static final int PATIENCE_S = 60;

  /// The reference backend states its loops as simply as it can, allocations included; whether the
  /// registers of the vector backend stay off the heap is up to the compiler of the day.
  static Stream<String> backends() {
    return TestBackends.names().filter(name -> !name.equals("reference") && !name.equals("vector"));
  }

  @ParameterizedTest
  @MethodSource("backends")
  void shouldAllocateNothingPerToken(String backend) throws IOException, InterruptedException {
    TestBackends.require(backend);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--") || flag.startsWith("-Dsteerage.cuda."))
        .forEach(command::add);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SteadyState.class.getName());
    boolean isSlow = TestBackends.isSlow(backend);
    command.add((isSlow ? TestModels.golden("gpt_neox") : TestModels.shipped("tokfsm")).toString());
    command.addAll(List.of(backend, String.valueOf(PATIENCE_S)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(PATIENCE_S, TimeUnit.SECONDS)).as("ended: %s", said).isTrue();
    assertThat(said.lines().toList()).contains("bytes=0");
  }
}
