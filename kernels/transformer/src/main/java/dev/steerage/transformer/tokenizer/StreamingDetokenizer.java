package dev.steerage.transformer.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Turns tokens into text as they come and never hands out half a character. One per stream.
public final class StreamingDetokenizer {
  private final Tokenizer tokenizer;
  private byte[] pending = new byte[0];

  public StreamingDetokenizer(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /// Text that this token completes; empty while a character is unfinished, and for special tokens.
  public String next(int token) {
    if (tokenizer.isSpecial(token)) {
      return "";
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(pending);
    all.writeBytes(tokenizer.bytes(token));
    byte[] bytes = all.toByteArray();
    int complete = completeLength(bytes);
    pending = Arrays.copyOfRange(bytes, complete, bytes.length);
    return new String(bytes, 0, complete, StandardCharsets.UTF_8);
  }

  /// What is left at the end of the stream; an unfinished character becomes U+FFFD.
  public String finish() {
    String rest = new String(pending, StandardCharsets.UTF_8);
    pending = new byte[0];
    return rest;
  }

  /// Length without a trailing sequence that more bytes could still complete.
  private static int completeLength(byte[] bytes) {
    int back = Math.min(3, bytes.length);
    for (int i = 1; i <= back; i++) {
      int b = bytes[bytes.length - i] & 0xFF;
      if ((b & 0xC0) == 0x80) {
        continue;
      }
      int needed =
          b >= 0xF0 && b <= 0xF4 ? 4 : b >= 0xE0 && b < 0xF0 ? 3 : b >= 0xC2 && b < 0xE0 ? 2 : 1;
      return needed > i ? bytes.length - i : bytes.length;
    }
    return bytes.length;
  }

  /// Bytes of a character by its first byte; 1 for a byte that begins none.
  private static int sequenceLength(int first) {
    if (first >= 0xC2 && first < 0xE0) {
      return 2;
    }
    if (first >= 0xE0 && first < 0xF0) {
      return 3;
    }
    return first >= 0xF0 && first <= 0xF4 ? 4 : 1;
  }
}
