package dev.steerage.transformer.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// Stands in for the tokenizer of a model that came without one: a token is shown as its id in
/// angle brackets, and no text can be encoded.
///
/// @param vocabularySize token ids of the model
record IdTokenizer(int vocabularySize, OptionalInt bos) implements Tokenizer {
  @Override
  public int[] encode(String text) {
    throw new IllegalArgumentException("text: the model has no tokenizer, expected token ids");
  }

  @Override
  public byte[] bytes(int id) {
    return ("<" + id + ">").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public boolean isSpecial(int id) {
    return false;
  }
}
