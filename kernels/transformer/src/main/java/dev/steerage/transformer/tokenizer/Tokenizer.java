package dev.steerage.transformer.tokenizer;

import java.util.OptionalInt;

/// Text to token ids and back. Immutable; shared between threads.
public interface Tokenizer {
  /// Ids of the text alone; nothing is put before or after it.
  ///
  /// Errors: [IllegalArgumentException] when the vocabulary cannot say the text.
  int[] encode(String text);

  /// Text of the ids; bytes that are no UTF-8 become U+FFFD.
  default String decode(int[] ids) {
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    for (int id : ids) {
      out.writeBytes(bytes(id));
    }
    return out.toString(java.nio.charset.StandardCharsets.UTF_8);
  }

  /// UTF-8 bytes of one token, which may be a part of a character. The caller may keep the array
  /// but not change it.
  byte[] bytes(int id);

  int vocabularySize();

  /// The token that begins every text, where the vocabulary has one.
  OptionalInt bos();

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
