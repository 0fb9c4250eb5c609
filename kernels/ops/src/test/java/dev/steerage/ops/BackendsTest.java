package dev.steerage.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class BackendsTest {
  @Test
  void shouldListEveryBackendSlowestFirst() {
    assertThat(Backends.available())
        .extracting(Backends.Availability::name)
        .containsExactly("reference", "vector", "native", "cuda");
  }

  @Test
  void shouldPickTheFastestEngagedBackendOfTheProcessorForAuto() {
    List<String> engaged = new ArrayList<>();
    for (Backends.Availability candidate : Backends.available()) {
      if (candidate instanceof Backends.Availability.Engaged(Backend backend)
          && backend.deviceOrNull() == null) {
        engaged.add(backend.name());
      }
    }
    assertThat(Backends.byName("auto").name()).isEqualTo(engaged.getLast());
  }

  @Test
  void shouldNameTheChoicesForAnUnknownBackend() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Backends.byName("gpu"))
        .withMessage("backend: name=gpu, limit=reference, vector, native, cuda, auto");
  }

  @Test
  void shouldRunOnWithTheReasonWhereNothingFastIsEngaged() throws Exception {
    String output =
        inAnotherJvm("-Dsteerage.native.path=abacus", "-Dsteerage.cuda.library=/dev/null");
    assertThat(output)
        .contains("vector: the JVM runs without --add-modules jdk.incubator.vector")
        .contains("native: ")
        .contains("cuda: no CUDA driver: /dev/null does not load here")
        .contains("auto: reference")
        .contains("refused: backend: name=vector, skipped: the JVM runs without --add-modules");
  }

  @Test
  void shouldTakeALowerPathWhereOneIsNamed() throws Exception {
    Assumptions.assumeTrue(
        Backends.available().get(2) instanceof Backends.Availability.Engaged,
        "the native backend is not engaged here");
    assertThat(inAnotherJvm("-Dsteerage.native.path=plain")).contains("native: engaged, plain");
  }

  private static String inAnotherJvm(String... options) throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    List<String> command = new ArrayList<>(List.of(java, "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), PrintBackends.class.getName()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the other JVM ends in 60 s").isTrue();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
