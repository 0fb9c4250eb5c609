package dev.steerage.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.trainer.ReproduceCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReproduceTest {
  @TempDir private Path folder;

  @Test
  void shouldSayWhetherTheWeightsCameOutEqual() throws Exception {
    Path config = TinyRun.config(folder, 3, 3, "0.01");
    Path model = TinyRun.train(config, folder.resolve("run"), 2).orElseThrow();

    StringWriter said = new StringWriter();
    assertThat(reproduce(model, folder.resolve("again"), said)).isZero();
    assertThat(said.toString())
        .contains("equal to the recorded ones: 2 of 2;")
        .endsWith("equal\n")
        .doesNotContain("not equal");

    byte[] weights = TinyRun.weights(model);
    weights[weights.length - 1] ^= 1;
    Files.write(model.resolve("model.safetensors"), weights);
    assertThat(reproduce(model, folder.resolve("third"), said)).isEqualTo(3);
    assertThat(said.toString()).endsWith("not equal\n");
  }

  @Test
  void shouldCompareTheFirstStepsWithWhatWasRecorded() throws Exception {
    Path config = TinyRun.config(folder, 6, 6, "0.01");
    Path model = TinyRun.train(config, folder.resolve("run"), 2).orElseThrow();

    StringWriter said = new StringWriter();
    Path again = folder.resolve("again");
    assertThat(reproduce(model, again, said, "--until-step", "5")).isZero();
    assertThat(said.toString())
        .contains("stopped at step 5", "recorded ones: 1 of 1;")
        .endsWith("equal so far\n");

    Path metrics = model.resolve("metrics.jsonl");
    String recorded = Files.readString(metrics);
    Files.writeString(metrics, recorded.replaceFirst("\"valid-loss\":\\d", "\"valid-loss\":9"));
    assertThat(reproduce(model, again, said, "--until-step", "5")).isEqualTo(1);
  }

  private static int reproduce(Path model, Path run, StringWriter said, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of(model.toString(), "--run", run.toString(), "--threads", "1"));
    arguments.addAll(List.of(more));
    return new CommandLine(new ReproduceCommand())
        .setOut(new PrintWriter(said, true))
        .execute(arguments.toArray(String[]::new));
  }
}
