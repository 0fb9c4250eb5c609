package dev.steerage.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.trainer.ReproduceCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReproduceTest {
  @TempDir private Path folder;

  @Test
  void shouldSayWhetherTheWeightsCameOutEqual() throws Exception {
    Path config = TinyRun.config(folder, 3, 3, "0.01");
    Path model = TinyRun.train(config, folder.resolve("run"), 2).orElseThrow();
    Files.copy(config, model.resolve("train.json"));

    StringWriter said = new StringWriter();
    assertThat(reproduce(model, folder.resolve("again"), said)).isZero();
    assertThat(said.toString()).endsWith("equal\n").doesNotContain("not equal");

    byte[] weights = TinyRun.weights(model);
    weights[weights.length - 1] ^= 1;
    Files.write(model.resolve("model.safetensors"), weights);
    assertThat(reproduce(model, folder.resolve("third"), said)).isEqualTo(1);
    assertThat(said.toString()).endsWith("not equal\n");
  }

  private static int reproduce(Path model, Path run, StringWriter said) {
    return new CommandLine(new ReproduceCommand())
        .setOut(new PrintWriter(said, true))
        .execute(model.toString(), "--run", run.toString(), "--threads", "1");
  }
}
