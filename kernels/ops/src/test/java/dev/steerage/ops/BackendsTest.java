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
        .containsExactly("reference", "vector", "native");
  }

  @Test
  void shouldPickTheFastestEngagedBackendForAuto() {
    List<String> engaged = new ArrayList<>();
    for (Backends.Availability candidate : Backends.available()) {
      if (candidate instanceof Backends.Availability.Engaged(Backend backend)) {
        engaged.add(backend.name());
      }
    }
    assertThat(Backends.byName("auto").name()).isEqualTo(engaged.getLast());
  }

  @Test
  void shouldNameTheChoicesForAnUnknownBackend() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Backends.byName("gpu"))
        .withMessage("backend: name=gpu, limit=reference, vector, native, auto");
  }

  @Test
  void shouldRunOnWithTheReasonWhereNothingFastIsEngaged() throws Exception {
    String output = inAnotherJvm("-Dsteerage.native.path=abacus");
    assertThat(output)
        .contains("vector: the JVM runs without --add-modules jdk.incubator.vector")
        .contains("native: ")
        .contains("auto: reference")
        .contains("refused: backend: name=vector, skipped: the JVM runs without --add-modules");
  }

  @Test
  void shouldTakeALowerPathWhereOneIsNamed() throws Exception {
    Assumptions.assumeTrue(
        Backends.available().getLast() instanceof Backends.Availability.Engaged,
        "the native backend is not engaged here");
    assertThat(inAnotherJvm("-Dsteerage.native.path=plain")).contains("native: engaged, plain");
  }

  private static String inAnotherJvm(String option) throws IOException, InterruptedException {
    String java = ProcessHandle.current().info().command().orElseThrow();
    Process process =
        new ProcessBuilder(
                java,
                "--enable-native-access=ALL-UNNAMED",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                PrintBackends.class.getName())
            .redirectErrorStream(true)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the other JVM ends in 60 s").isTrue();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }
}
