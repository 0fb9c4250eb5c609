package dev.steerage.transformer.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.checkpoint.TokenizerFile;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class CharacterTokenizerTest {
  private final Tokenizer tokenizer =
      TokenizerFile.read(TestModels.shipped("tokfsm").resolve("vocab.json"), OptionalInt.of(10));

  @Test
  void shouldPutBeginOfTextBeforeAPrompt() {
    assertThat(tokenizer.encodePrompt("0427")).containsExactly(10, 0, 4, 2, 7);
    assertThat(tokenizer.decode(new int[] {10, 0, 4, 2, 7})).isEqualTo("0427");
    assertThat(tokenizer.vocabularySize()).isEqualTo(11);
  }

  @Test
  void shouldRefuseACharacterOutsideTheVocabulary() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tokenizer.encode("04x"))
        .withMessageContaining("U+0078");
  }
}
