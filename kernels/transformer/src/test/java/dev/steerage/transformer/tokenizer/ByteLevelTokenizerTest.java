package dev.steerage.transformer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.TokenizerFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.OptionalInt;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ByteLevelTokenizerTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"gpt2, 577", "gpt-neox, 147"})
  void shouldGiveTheIdsOfOtherImplementations(String name, int count) throws IOException {
    Tokenizer tokenizer = unpack(name);
    int compared = 0;
    try (InputStream in = resource("vectors.json")) {
      for (JsonNode vector : new JsonMapper().readTree(in)) {
        if (vector.get("tokenizer").stringValue().equals(name)) {
          String text = vector.get("text").stringValue();
          int[] ids = TestModels.ints(vector.get("ids"));
          assertThat(tokenizer.encode(text)).as(text).isEqualTo(ids);
          String back =
              name.equals("gpt2") ? text : Normalizer.normalize(text, Normalizer.Form.NFC);
          assertThat(tokenizer.decode(ids)).isEqualTo(back);
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(count);
  }

  @Test
  void shouldEncodeAVeryLongWordInReasonableTime() throws IOException {
    Tokenizer tokenizer = unpack("gpt2");
    String text = "abcdefgh".repeat(25_000);
    long began = System.nanoTime();
    assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
    assertThat((System.nanoTime() - began) / 1_000_000).isLessThan(10_000);
  }

  @Test
  void shouldRefuseATokenizerItWouldGetWrong() throws IOException {
    Path stories = TestModels.reference("stories").resolve("tokenizer.json");
    Path other = folder.resolve("tokenizer.json");
    Files.writeString(
        other, Files.readString(stories).replace("\"type\": \"BPE\"", "\"type\": \"Unigram\""));
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> TokenizerFile.read(other, OptionalInt.empty()))
        .withMessageContaining("tensor=model")
        .withMessageContaining("BPE");
  }

  private Tokenizer unpack(String name) throws IOException {
    Path file = folder.resolve(name + ".json");
    try (InputStream in = new GZIPInputStream(resource(name + ".json.gz"))) {
      Files.copy(in, file);
    }
    return TokenizerFile.read(file, OptionalInt.empty());
  }

  private static InputStream resource(String name) {
    return ByteLevelTokenizerTest.class.getResourceAsStream("/tokenizers/" + name);
  }
}
