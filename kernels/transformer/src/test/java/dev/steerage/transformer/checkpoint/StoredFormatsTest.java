package dev.steerage.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.TensorFiles.Values;
import dev.steerage.transformer.forward.SingleSequence;
import dev.steerage.transformer.intervention.Steering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The same model in every form in which it may come.
class StoredFormatsTest {
  private static final String WEIGHTS = "model.safetensors";
  private static final String TORCH = "pytorch_model.bin";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "gpt_neo", "gpt_neox"})
  void shouldReadWhatTorchWrote(String family) throws IOException {
    copy(family, "config.json", "base_config.json");
    Files.copy(TestModels.golden(family).resolve("codebook.bin"), folder.resolve(TORCH));
    assertThat(logits(folder)).isEqualTo(logits(TestModels.golden(family)));
  }

  @ParameterizedTest
  @CsvSource({"safetensors, F16", "safetensors, BF16", "bin, F32", "bin, F16", "bin, BF16"})
  void shouldReadEveryTypeFromEitherFile(String format, String dtype) throws IOException {
    copy("gpt2", "config.json", "base_config.json");
    Map<String, Values> rounded = new LinkedHashMap<>();
    golden("gpt2").forEach((name, tensor) -> rounded.put(name, rounded(tensor, dtype)));
    Path expected = Files.createDirectory(folder.resolve("expected"));
    for (String config : List.of("config.json", "base_config.json")) {
      Files.copy(folder.resolve(config), expected.resolve(config));
    }
    TensorFiles.safetensors(expected.resolve(WEIGHTS), rounded);
    if (format.equals("bin")) {
      TensorFiles.torch(folder.resolve(TORCH), golden("gpt2"), dtype);
    } else {
      TensorFiles.safetensors(folder.resolve(WEIGHTS), golden("gpt2"), dtype);
    }
    assertThat(logits(folder)).isEqualTo(logits(expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model-%d-of-3.safetensors", "pytorch_model-%d-of-3.bin"})
  void shouldReadShards(String pattern) throws IOException {
    copy("gpt_neox", "config.json", "base_config.json");
    shards(pattern, golden("gpt_neox"));
    assertThat(logits(folder)).isEqualTo(logits(TestModels.golden("gpt_neox")));
  }

  @Test
  void shouldReadASnapshotOfAHubsCache() throws IOException {
    Path repository = folder.resolve("models--somebody--tiny");
    Path blobs = Files.createDirectories(repository.resolve("blobs"));
    Path snapshot = Files.createDirectories(repository.resolve("snapshots/0a1b2c"));
    Files.createDirectories(repository.resolve("snapshots/other"));
    Path refs = Files.createDirectories(repository.resolve("refs"));
    Files.writeString(refs.resolve("main"), "0a1b2c");
    int number = 0;
    for (String name : List.of("config.json", "base_config.json", WEIGHTS, "vocab.json")) {
      Path blob = blobs.resolve("blob" + number++);
      Files.copy(TestModels.golden("gpt_neox").resolve(name), blob);
      Files.createSymbolicLink(
          snapshot.resolve(name), Path.of("../../blobs").resolve(blob.getFileName()));
    }
    float[] expected = logits(TestModels.golden("gpt_neox"));
    assertThat(logits(repository)).isEqualTo(expected);
    assertThat(logits(snapshot)).isEqualTo(expected);
    Files.delete(refs.resolve("main"));
    assertThat(refusal(repository)).hasMessageContaining("several");
  }

  @Test
  void shouldRefuseALinkOutOfTheHubsRepository() throws IOException {
    Path snapshot = Files.createDirectories(folder.resolve("models--a--b/snapshots/1"));
    for (String name : List.of("config.json", "base_config.json", WEIGHTS)) {
      Files.createSymbolicLink(snapshot.resolve(name), TestModels.golden("gpt_neox").resolve(name));
    }
    assertThat(refusal(snapshot)).hasMessageContaining("config.json").hasMessageContaining("link");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "gpt_neo", "gpt_neox"})
  void shouldRunADenseModelAndAModelWithItsCodebooksOffAlike(String family) {
    GoldenTensors expected =
        new GoldenTensors(TestModels.golden(family).resolve("expected.safetensors"));
    int[] tokens = Arrays.copyOf(expected.ints("input_ids"), 14);
    GoldenTensors base =
        new GoldenTensors(TestModels.golden(family).resolve("base/expected.safetensors"));
    float[] wanted = Arrays.copyOf(base.floats("base.logits"), 14 * 64);
    try (CodebookTransformer model =
            CodebookTransformer.load(TestModels.golden(family), Backends.byName("reference"));
        CodebookTransformer off = model.withoutCodebooks();
        CodebookTransformer dense =
            CodebookTransformer.load(
                TestModels.golden(family).resolve("base"), Backends.byName("reference"))) {
      assertThat(off.sites()).isEmpty();
      assertThat(dense.sites()).isEmpty();
      assertThat(logits(off, tokens)).containsExactly(wanted, Offset.offset(1e-4f));
      assertThat(logits(dense, tokens)).isEqualTo(logits(off, tokens));
      assertThat(model.sites()).hasSize(10);
    }
  }

  @Test
  void shouldTakeSizesFromTheTensorsWhereTheBaseConfigLeavesThemOut() throws IOException {
    copy("gpt2", "config.json", WEIGHTS);
    Files.writeString(folder.resolve("base_config.json"), "{\"n_head\": 4}");
    assertThat(logits(folder)).isEqualTo(logits(TestModels.golden("gpt2")));
  }

  @Test
  void shouldDoWithoutABaseConfigWhereTheTensorsSayEverything() throws IOException {
    copy("gpt2", WEIGHTS);
    String config = Files.readString(TestModels.golden("gpt2").resolve("config.json"));
    Files.writeString(
        folder.resolve("config.json"),
        config.replaceFirst("\"num_codebooks\": \\[\\s*4,", "\"num_codebooks\": [-1,"));
    assertThat(logits(folder)).isEqualTo(logits(TestModels.golden("gpt2")));
    try (CodebookTransformer model =
        CodebookTransformer.load(folder, Backends.byName("reference"))) {
      assertThat(model.notes()).anyMatch(note -> note.contains("assumed: activation gelu_new"));
      assertThat(model.notes()).anyMatch(note -> note.contains("no tokenizer"));
    }
  }

  @ParameterizedTest
  @CsvSource({"gpt2, n_head", "gpt_neo, num_heads", "gpt_neox, num_attention_heads"})
  void shouldRefuseToGuessTheNumberOfHeads(String family, String field) throws IOException {
    copy(family, "config.json", WEIGHTS);
    CheckpointException refused = refusal(folder);
    assertThat(refused.file()).endsWith("base_config.json");
    assertThat(refused.tensor()).isEqualTo(field);
    assertThat(refused.expected()).contains("number of heads").contains("\"vocab_size\":64");
    assertThat(refused.found()).isEqualTo("no such file");
  }

  @ParameterizedTest
  @CsvSource({
    "gpt_neo, attn, a position that gpt_neo has",
    "gpt_neo, qkv, a position that gpt_neo has",
    "gpt_neo, attn_plus_mlp, a position that gpt_neo has",
    "gpt2, mlp mlp_mid, mlp_mid before mlp",
    "gpt2, transformer_block mlp, mlp before transformer_block",
    "gpt_neox, attn attn_preproj, attn_preproj before attn",
    "gpt_neox, qkv attn_preproj, attn_preproj before qkv",
    "gpt_neox, mlp attn_plus_mlp, attn_plus_mlp before mlp",
    "gpt_neox, mlp mlp, each position once",
  })
  void shouldRefusePositionsThatTheAuthorsCodeCannotRun(
      String family, String positions, String expected) throws IOException {
    copy(family, "base_config.json", WEIGHTS);
    Files.writeString(
        folder.resolve("config.json"),
        "{\"codebook_at\": [\"%s\"], \"num_codes\": 50, \"k_codebook\": 1}"
            .formatted(positions.replace(" ", "\", \"")));
    CheckpointException refused = refusal(folder);
    assertThat(refused.tensor()).isEqualTo("codebook_at");
    assertThat(refused.expected()).contains(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'../model.safetensors', a file of this folder",
    "'/etc/passwd.safetensors', a file of this folder",
    "'sub/model.safetensors', a file of this folder",
    "'model.bin', a file of this folder that ends in .safetensors",
    "'missing.safetensors', a file of tensors",
    "'..safetensors', a file of this folder",
  })
  void shouldRefuseAnIndexThatLeadsElsewhere(String file, String expected) throws IOException {
    copy("gpt_neox", "config.json", "base_config.json");
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\": {\"a\": \"%s\"}}".formatted(file));
    assertThat(refusal(folder).expected()).contains(expected);
  }

  @Test
  void shouldRefuseATensorThatTwoShardsHold() throws IOException {
    copy("gpt_neox", "config.json", "base_config.json");
    Map<String, Values> tensors = golden("gpt_neox");
    shards("model-%d-of-3.safetensors", tensors);
    String first = tensors.keySet().iterator().next();
    Map<String, Values> second = TensorFiles.read(folder.resolve("model-1-of-3.safetensors"));
    second.put(first, tensors.get(first));
    TensorFiles.safetensors(folder.resolve("model-1-of-3.safetensors"), second);
    CheckpointException refused = refusal(folder);
    assertThat(refused.tensor()).isEqualTo(first);
    assertThat(refused.file()).endsWith("model-1-of-3.safetensors");
  }

  private void shards(String pattern, Map<String, Values> tensors) throws IOException {
    Map<String, Map<String, Values>> files = new TreeMap<>();
    StringBuilder index = new StringBuilder();
    int number = 0;
    for (Map.Entry<String, Values> tensor : tensors.entrySet()) {
      String file = pattern.formatted(number++ % 3);
      files
          .computeIfAbsent(file, _ -> new LinkedHashMap<>())
          .put(tensor.getKey(), tensor.getValue());
      index.append(index.isEmpty() ? "" : ",");
      index.append("\"%s\":\"%s\"".formatted(tensor.getKey(), file));
    }
    boolean isTorch = pattern.endsWith(".bin");
    files.forEach(
        (name, part) -> {
          if (isTorch) {
            TensorFiles.torch(folder.resolve(name), part, "F32");
          } else {
            TensorFiles.safetensors(folder.resolve(name), part);
          }
        });
    Files.writeString(
        folder.resolve((isTorch ? TORCH : WEIGHTS) + ".index.json"),
        "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + index + "}}");
  }

  private static Map<String, Values> golden(String family) {
    return TensorFiles.read(TestModels.golden(family).resolve(WEIGHTS));
  }

  private static Values rounded(Values tensor, String dtype) {
    float[] values = tensor.values().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case "F16" -> Float.float16ToFloat(Float.floatToFloat16(values[i]));
            case "BF16" -> Float.intBitsToFloat(Float.floatToRawIntBits(values[i]) & 0xFFFF0000);
            default -> values[i];
          };
    }
    return new Values(tensor.shape(), values);
  }

  private void copy(String family, String... files) throws IOException {
    for (String file : files) {
      Files.copy(TestModels.golden(family).resolve(file), folder.resolve(file));
    }
  }

  private static float[] logits(Path folder) {
    try (CodebookTransformer model =
        CodebookTransformer.load(folder, Backends.byName("reference"))) {
      return logits(model, new int[] {5, 61, 0, 17, 42, 3});
    }
  }

  private static float[] logits(CodebookTransformer model, int[] tokens) {
    try (SingleSequence run = new SingleSequence(model, tokens.length)) {
      run.forward(tokens, position -> Steering.NONE);
      return run.logits();
    }
  }

  private static CheckpointException refusal(Path folder) {
    return catchThrowableOfType(
        CheckpointException.class,
        () -> CodebookTransformer.load(folder, Backends.byName("reference")).close());
  }
}
