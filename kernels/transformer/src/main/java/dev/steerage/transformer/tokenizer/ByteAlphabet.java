package dev.steerage.transformer.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The printable stand-ins under which byte-level vocabularies store bytes: a byte that is a
/// visible Latin-1 character stands for itself, the others follow from U+0100 on in order.
final class ByteAlphabet {
  private static final int FIRST_STAND_IN = 0x100;
  private static final int STAND_INS = 68;

  private final char[] charOf = new char[256];
  private final int[] byteOf = new int[FIRST_STAND_IN + STAND_INS];

  ByteAlphabet() {
    Arrays.fill(byteOf, -1);
    int next = FIRST_STAND_IN;
    for (int b = 0; b < 256; b++) {
      boolean visible = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE && b <= 0xFF;
      charOf[b] = (char) (visible ? b : next++);
      byteOf[charOf[b]] = b;
    }
  }

  String charFor(int unsignedByte) {
    return String.valueOf(charOf[unsignedByte]);
  }

  /// The bytes behind a stored token; its own UTF-8 if it is not written in this alphabet.
  byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      int b = token.charAt(i) < byteOf.length ? byteOf[token.charAt(i)] : -1;
      if (b < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) b;
    }
    return bytes;
  }
}
