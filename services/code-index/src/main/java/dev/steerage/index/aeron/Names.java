package dev.steerage.index.aeron;

import java.nio.charset.StandardCharsets;
import org.agrona.DirectBuffer;

/// Short texts of requests as strings, without making the same string again and again: the names of
/// tenants and models that people ask for are few.
final class Names {
  private static final int SLOTS = 256;

  private final byte[][] bytes = new byte[SLOTS][];
  private final String[] texts = new String[SLOTS];

  /// The text whose length byte is at `at`.
  ///
  /// @throws IndexOutOfBoundsException if it ends beyond the buffer
  String at(DirectBuffer buffer, int at) {
    int length = buffer.getByte(at) & 0xFF;
    buffer.boundsCheck(at + 1, length);
    int slot = slot(buffer, at + 1, length);
    byte[] known = bytes[slot];
    if (known == null || !isSame(known, buffer, at + 1, length)) {
      // The newest name takes the place; a collision costs an allocation, nothing else.
      known = new byte[length];
      buffer.getBytes(at + 1, known);
      bytes[slot] = known;
      texts[slot] = new String(known, StandardCharsets.UTF_8);
    }
    return texts[slot];
  }

  /// Where the next field begins.
  static int after(DirectBuffer buffer, int at) {
    return at + 1 + (buffer.getByte(at) & 0xFF);
  }

  private static int slot(DirectBuffer buffer, int at, int length) {
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + buffer.getByte(at + i);
    }
    return (hash ^ hash >>> 16) & (SLOTS - 1);
  }

  private static boolean isSame(byte[] known, DirectBuffer buffer, int at, int length) {
    if (known.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known[i] != buffer.getByte(at + i)) {
        return false;
      }
    }
    return true;
  }
}
