package dev.steerage.transformer.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.TestModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CheckpointRefusalTest {
  private static final String DENSE = "model.gpt_neox.layers.1.attention.dense.weight";
  private static final String WEIGHTS = "model.safetensors";

  @TempDir Path folder;

  @BeforeEach
  void copyModel() throws IOException {
    try (Stream<Path> files = Files.list(TestModels.golden("gpt_neox"))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(file.getFileName()));
      }
    }
  }

  @Test
  void shouldLoadTheModelThatTheOtherTestsBreak() {
    try (CodebookTransformer model =
        CodebookTransformer.load(folder, Backends.byName("reference"))) {
      assertThat(model.sites()).hasSize(10);
      assertThat(model.sites().get(4).site()).hasToString("L0.mlp");
    }
  }

  @Test
  void shouldRefuseAFileThatWasCutShort() throws IOException {
    byte[] bytes = weights();
    Files.write(folder.resolve(WEIGHTS), Arrays.copyOf(bytes, bytes.length - 100));
    CheckpointException refused = refusal();
    assertThat(refused).hasMessageContaining(WEIGHTS).hasMessageContaining("cut short");
    assertThat(refused.tensor()).startsWith("model.gpt_neox.");
    assertThat(refused.expected())
        .contains("within " + (bytes.length - 100 - header().length() - 8));
  }

  @ParameterizedTest
  @CsvSource({"0, at least 8 bytes", "5, at least 8 bytes", "8, a header of 2 to 0 bytes"})
  void shouldRefuseAFileWithoutHeader(int length, String expected) throws IOException {
    Files.write(folder.resolve(WEIGHTS), Arrays.copyOf(weights(), length));
    assertThat(refusal().expected()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"-1", "9223372036854775807", "1", "4611686018427387904"})
  void shouldRefuseAHeaderLengthThatTheFileCannotHold(long length) throws IOException {
    byte[] bytes = weights();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(folder.resolve(WEIGHTS), bytes);
    CheckpointException refused = refusal();
    assertThat(refused.expected()).startsWith("a header of 2 to ");
    assertThat(refused.found()).isEqualTo(Long.toUnsignedString(length));
  }

  @Test
  void shouldRefuseAHeaderThatIsNoJson() {
    rewriteHeader(header -> header.replace('{', '<'));
    assertThat(refusal()).hasMessageContaining(WEIGHTS).hasMessageContaining("valid JSON");
  }

  @Test
  void shouldRefuseATensorNamedTwice() {
    rewriteHeader(
        header -> header.replace("layers.1.attention.dense.bias", "layers.0.attention.dense.bias"));
    assertThat(refusal()).hasMessageContaining("layers.0.attention.dense.bias");
  }

  @Test
  void shouldRefuseTensorsThatOverlap() {
    rewriteHeader(
        header -> {
          int at = header.indexOf("\"data_offsets\":[", header.indexOf(DENSE)) + 16;
          int comma = header.indexOf(',', at);
          int end = header.indexOf(']', at);
          long begin = Long.parseLong(header.substring(at, comma)) - 4;
          long stop = Long.parseLong(header.substring(comma + 1, end)) - 4;
          return header.substring(0, at) + begin + "," + stop + header.substring(end);
        });
    assertThat(refusal().expected()).contains("no gap, no overlap");
  }

  @Test
  void shouldRefuseAShapeThatOverflows() {
    rewriteHeader(
        header ->
            header.replaceFirst(
                "\"shape\":\\[64,32]", "\"shape\":[4611686018427387904,4611686018427387904]"));
    assertThat(refusal().expected()).contains("2^63");
  }

  @Test
  void shouldRefuseAMissingTensor() {
    rewriteHeader(header -> header.replace(DENSE, DENSE.replace("dense", "dance")));
    CheckpointException refused = refusal();
    assertThat(refused.tensor()).isEqualTo(DENSE);
    assertThat(refused.expected()).isEqualTo("a tensor of this name");
    assertThat(refused.found()).isEqualTo("no such tensor");
    assertThat(refused.file()).endsWith(WEIGHTS);
  }

  @Test
  void shouldRefuseAWrongShape() {
    rewriteHeader(
        header -> {
          int at = header.indexOf("[32,32]", header.indexOf(DENSE));
          return header.substring(0, at) + "[16,64]" + header.substring(at + 7);
        });
    CheckpointException refused = refusal();
    assertThat(refused.tensor()).isEqualTo(DENSE);
    assertThat(refused.expected()).isEqualTo("shape [32, 32]");
    assertThat(refused.found()).isEqualTo("shape [16, 64]");
  }

  @Test
  void shouldRefuseAWrongElementType() {
    rewriteHeader(
        header -> {
          int at = header.indexOf("\"F32\"", header.indexOf(DENSE) - 40);
          int own = header.lastIndexOf("\"F32\"", header.indexOf("[32,32]", header.indexOf(DENSE)));
          int change = Math.max(at, own);
          return header.substring(0, change) + "\"I32\"" + header.substring(change + 5);
        });
    CheckpointException refused = refusal();
    assertThat(refused.tensor()).isEqualTo(DENSE);
    assertThat(refused.found()).isEqualTo("I32");
  }

  @Test
  void shouldRefuseAValueThatIsNotFinite() throws IOException {
    byte[] bytes = weights();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, Float.NaN);
    Files.write(folder.resolve(WEIGHTS), bytes);
    assertThat(refusal()).hasMessageContaining("finite values").hasMessageContaining("NaN");
  }

  @Test
  void shouldRefuseCodebooksThatTheConfigDoesNotName() {
    rewrite(
        "config.json",
        json -> json.replaceFirst("\"layers_to_snap\": \\[[^]]*]", "\"layers_to_snap\": [0]"));
    CheckpointException refused = refusal();
    assertThat(refused.tensor()).contains("layers.1.");
    assertThat(refused.tensor()).contains("codebook_layer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          config.json | "codebook_at": \\[[^]]*] | "codebook_at": ["nowhere"] | codebook_at
          config.json | "k_codebook": \\[[^]]*] | "k_codebook": [3, 51] | k_codebook
          config.json | "num_codes": \\[[^]]*] | "num_codes": [50, 50, 50] | num_codes
          config.json | "num_codes": \\[[^]]*] | "num_codes": 49 | codebook.weight
          config.json | inner_product | hamming | similarity_metric
          config.json | "layers_to_snap": \\[[^]]*] | "layers_to_snap": [2] | layers_to_snap
          base_config.json | "gpt_neox" | "llama" | model_type
          base_config.json | "vocab_size": 64 | "vocab_size": "64" | vocab_size
          base_config.json | "num_attention_heads": 4 | "num_attention_heads": 5 | num_attention_heads
          base_config.json | "hidden_act": "gelu" | "hidden_act": "silu" | hidden_act
          base_config.json | "eos_token_id": 0 | "eos_token_id": 64 | eos_token_id
          vocab.json | "0": 0 | "0": -1 | 0
          """)
  void shouldRefuseAConfigAndNameTheField(
      String file, String pattern, String replacement, String named) {
    rewrite(file, json -> json.replaceFirst(pattern, replacement));
    assertThat(refusal().tensor()).endsWith(named);
  }

  @ParameterizedTest
  @CsvSource({"model.safetensors", "config.json", "base_config.json"})
  void shouldNameAFileThatIsMissing(String file) throws IOException {
    Files.delete(folder.resolve(file));
    CheckpointException refused = refusal();
    assertThat(refused.file()).endsWith(file);
    assertThat(refused.found()).isEqualTo("no such file");
  }

  @Test
  void shouldAcceptOldNamesAndScalars() throws IOException {
    String hash = hash();
    rewrite(
        "config.json",
        json ->
            json.replace("attn_preproj", "preproj_attention")
                .replace("\"group\"", "\"compositional\"")
                .replaceFirst("\"num_codes\": \\[[^]]*]", "\"num_codes\": 50")
                .replaceFirst("\"num_codebooks\": \\[[^]]*]", "\"num_codebooks\": [-1, 1]")
                .replaceFirst("\"layers_to_snap\": \\[[^]]*]", "\"layers_to_snap\": [-1, -2]")
                .replaceFirst("\"similarity_metric\": \"inner_product\",", ""));
    assertThat(hash()).isNotEqualTo(hash);
  }

  @Test
  void shouldHashContentAndNotNames() throws IOException {
    String hash = hash();
    assertThat(hash).hasSize(64).isEqualTo(hash());
    byte[] bytes = weights();
    bytes[bytes.length - 1] ^= 1;
    Files.write(folder.resolve(WEIGHTS), bytes);
    assertThat(hash()).isNotEqualTo(hash);
  }

  private String hash() {
    try (CodebookTransformer model =
        CodebookTransformer.load(folder, Backends.byName("reference"))) {
      return model.hash();
    }
  }

  private CheckpointException refusal() {
    return catchThrowableOfType(
        CheckpointException.class,
        () -> CodebookTransformer.load(folder, Backends.byName("reference")).close());
  }

  private byte[] weights() throws IOException {
    return Files.readAllBytes(TestModels.golden("gpt_neox").resolve(WEIGHTS));
  }

  private String header() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(weights()).order(ByteOrder.LITTLE_ENDIAN);
    return new String(bytes.array(), 8, Math.toIntExact(bytes.getLong()), StandardCharsets.UTF_8);
  }

  private void rewriteHeader(UnaryOperator<String> change) {
    try {
      byte[] bytes = weights();
      String old = header();
      byte[] header = change.apply(old).getBytes(StandardCharsets.UTF_8);
      assertThat(new String(header, StandardCharsets.UTF_8)).isNotEqualTo(old);
      int body = bytes.length - 8 - old.length();
      ByteBuffer file =
          ByteBuffer.allocate(8 + header.length + body).order(ByteOrder.LITTLE_ENDIAN);
      file.putLong(header.length).put(header).put(bytes, 8 + old.length(), body);
      Files.write(folder.resolve(WEIGHTS), file.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void rewrite(String file, UnaryOperator<String> change) {
    try {
      // The files are pretty-printed; one line each makes the patterns simple.
      String old = Files.readString(folder.resolve(file)).replaceAll("\\s+", " ");
      String changed = change.apply(old);
      assertThat(changed).isNotEqualTo(old);
      Files.writeString(folder.resolve(file), changed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
