package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.ops.linear.WeightType;
import dev.steerage.worker.WorkerConfig.Compute;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class ComputeOptionsTest {
  @Command
  private static final class Verb {
    @Mixin private ComputeOptions options;
  }

  @Test
  void shouldRunFloat32OnAllProcessorsUnlessToldOtherwise() {
    assertThat(parsed()).isEqualTo(Compute.of("auto"));
  }

  @Test
  void shouldTakeWeightsAndThreads() {
    assertThat(parsed("--backend", "native", "--weights", "bf16", "--threads", "3"))
        .isEqualTo(new Compute("native", WeightType.BF16, 3));
  }

  @Test
  void shouldSayWhichWeightsThereAre() {
    assertThatThrownBy(() -> parsed("--weights", "int4"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("int4")
        .hasMessageContaining("f32, bf16");
  }

  @Test
  void shouldRefuseNoThreads() {
    assertThatThrownBy(() -> parsed("--threads", "0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("threads=0, expected 1 to 256");
  }

  private static Compute parsed(String... arguments) {
    var verb = new Verb();
    new CommandLine(verb).parseArgs(arguments);
    return verb.options.compute();
  }
}
