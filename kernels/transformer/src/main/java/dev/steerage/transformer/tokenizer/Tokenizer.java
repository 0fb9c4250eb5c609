package dev.steerage.transformer.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// Text to token ids and back. Immutable; shared between threads.
public interface Tokenizer {
  /// Ids of the text alone; nothing is put before or after it.
  ///
  /// Errors: [IllegalArgumentException] when the vocabulary cannot say the text.
  int[] encode(String text);

  /// UTF-8 bytes of one token, which may be a part of a character; of a special token its name.
  /// Empty for an id that the vocabulary does not use. Nobody may change the array.
  byte[] bytes(int id);

  /// Whether the token marks something (end of text, padding) and is no text itself.
  boolean isSpecial(int id);

  int vocabularySize();

  /// The token that begins every text, where the vocabulary has one.
  OptionalInt bos();

  /// Text of the ids without special tokens; bytes that are no UTF-8 become U+FFFD.
  default String decode(int[] ids) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int id : ids) {
      if (!isSpecial(id)) {
        out.writeBytes(bytes(id));
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  /// Ids of a prompt given as text: begin-of-text first, where there is one.
  default int[] encodePrompt(String text) {
    int[] ids = encode(text);
    if (bos().isEmpty()) {
      return ids;
    }
    int[] prompt = new int[ids.length + 1];
    prompt[0] = bos().getAsInt();
    System.arraycopy(ids, 0, prompt, 1, ids.length);
    return prompt;
  }
}
