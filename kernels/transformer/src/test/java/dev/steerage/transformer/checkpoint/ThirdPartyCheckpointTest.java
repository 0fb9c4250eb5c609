package dev.steerage.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.forward.SingleSequence;
import dev.steerage.transformer.intervention.Steering;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Checkpoints that others made, with logits of other programs.
class ThirdPartyCheckpointTest {
  private static final String NEURAL_API = "checkpoints.neural-api";

  @TempDir Path folder;

  @Test
  void shouldGiveTheLogitsOfTransformersForATinyGpt2() throws URISyntaxException {
    Path tiny =
        Path.of(ThirdPartyCheckpointTest.class.getResource("/checkpoints/tiny-gpt2").toURI());
    compare(tiny, tiny.resolve("logits.hf-4.34.1.json"));
  }

  /// Their licence is the LGPL: they do not travel with this project. `-Dcheckpoints.neural-api=`
  /// names the folder that holds `tests/fixtures` of joaopauloschuler/neural-api.
  @ParameterizedTest
  @EnabledIfSystemProperty(named = NEURAL_API, matches = ".+")
  @CsvSource({
    "tiny_gpt2.safetensors, , tiny_gpt2_logits.json",
    "tiny_gpt2.bin, , tiny_gpt2_logits.json",
    "tiny_gpt2.bin.index.json, , tiny_gpt2_logits.json",
    "tiny_distilgpt2.safetensors, , tiny_distilgpt2_logits.json",
    "tiny_gptneo.safetensors, tiny_gptneo_config.json, tiny_gptneo_logits.json",
    "tiny_gptneox.safetensors, tiny_gptneox_config.json, tiny_gptneox_logits.json",
    "tiny_gptneox.safetensors, tiny_gptneox_seq_config.json, tiny_gptneox_seq_logits.json",
  })
  void shouldGiveTheLogitsOfNeuralApi(String weights, String config, String logits)
      throws IOException {
    Path from = Path.of(System.getProperty(NEURAL_API));
    if (weights.endsWith(".index.json")) {
      Files.copy(from.resolve(weights), folder.resolve("pytorch_model.bin.index.json"));
      for (String shard :
          new String[] {"tiny_gpt2-00001-of-00002.bin", "tiny_gpt2-00002-of-00002.bin"}) {
        Files.copy(from.resolve(shard), folder.resolve(shard));
      }
    } else {
      String name = weights.endsWith(".bin") ? "pytorch_model.bin" : "model.safetensors";
      Files.copy(from.resolve(weights), folder.resolve(name));
    }
    String base =
        config == null
            ? "{\"model_type\":\"gpt2\",\"n_head\":2}"
            : Files.readString(from.resolve(config));
    Files.writeString(folder.resolve("config.json"), base);
    compare(folder, from.resolve(logits));
  }

  private static void compare(Path folder, Path expectedLogits) {
    JsonNode expected = TestModels.json(expectedLogits);
    assertThat(expected.get("sequences")).isNotEmpty();
    try (CodebookTransformer model = CodebookTransformer.load(folder, Backends.byName("auto"))) {
      for (int s = 0; s < expected.get("sequences").size(); s++) {
        int[] tokens = TestModels.ints(expected.get("sequences").get(s));
        try (SingleSequence run = new SingleSequence(model, tokens.length)) {
          run.forward(tokens, position -> Steering.NONE);
          float[] logits = run.logits();
          int at = 0;
          for (JsonNode row : expected.get("logits").get(s)) {
            for (JsonNode value : row) {
              assertThat((double) logits[at++]).isCloseTo(value.doubleValue(), Offset.offset(1e-4));
            }
          }
          assertThat(at).isEqualTo(logits.length);
        }
      }
    }
  }
}
