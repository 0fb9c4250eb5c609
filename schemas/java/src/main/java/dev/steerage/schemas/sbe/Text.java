package dev.steerage.schemas.sbe;

import java.nio.charset.StandardCharsets;

/// A short text as it lies in a message.
final class Text {
  private static final int MAX_BYTES = 1024;

  private Text() {}

  static byte[] bytes(String field, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > MAX_BYTES) {
      throw new IllegalArgumentException(
          field + ": bytes=" + bytes.length + ", limit=" + MAX_BYTES);
    }
    return bytes;
  }

  /// The first 8 bytes of a sha-256 in hexadecimal.
  static long prefix(String hash) {
    return hash.length() < 16 ? 0 : Long.parseUnsignedLong(hash, 0, 16, 16);
  }
}
