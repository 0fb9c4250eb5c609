package dev.steerage.transformer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.TokenizerFile;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class StreamingDetokenizerTest {
  private final Tokenizer tokenizer =
      TokenizerFile.read(
          TestModels.shipped("stories").resolve("tokenizer.json"), OptionalInt.of(0));

  @Test
  void shouldNeverHandOutHalfACharacter() {
    String text = "naïve 漢字 🐉🇩🇪 e\u0301 \uFFFD end";
    StreamingDetokenizer stream = new StreamingDetokenizer(tokenizer);
    StringBuilder out = new StringBuilder();
    int[] ids = tokenizer.encode(text);
    for (int id : ids) {
      String piece = stream.next(id);
      out.append(piece);
      assertThat(text).startsWith(out.toString());
    }
    assertThat(ids.length).isGreaterThan(text.length());
    assertThat(stream.finish()).isEmpty();
    assertThat(out).hasToString(text);
  }

  @Test
  void shouldReplaceBytesThatAreNoCharacter() {
    int[] ids = tokenizer.encode("🐉");
    StreamingDetokenizer stream = new StreamingDetokenizer(tokenizer);
    assertThat(stream.next(ids[0])).isEmpty();
    assertThat(stream.next(tokenizer.encode("a")[0])).isEqualTo("\uFFFDa");
    assertThat(stream.next(ids[0])).isEmpty();
    assertThat(stream.finish()).isEqualTo("\uFFFD");
    assertThat(stream.finish()).isEmpty();
  }

  @Test
  void shouldLeaveSpecialTokensOut() {
    StreamingDetokenizer stream = new StreamingDetokenizer(tokenizer);
    assertThat(stream.next(0)).isEmpty();
    assertThat(tokenizer.decode(tokenizer.encode("a<|endoftext|>b"))).isEqualTo("ab");
    assertThat(tokenizer.encode("a<|endoftext|>b")).contains(0).hasSize(3);
  }
}
