package dev.steerage.domain.text;

import java.util.Arrays;

/// Characters of a stream of bytes that may be cut anywhere. A character belongs to the piece that
/// completes it; a byte that fits nowhere gives U+FFFD. Belongs to one thread.
public final class Utf8Stream {
  private static final int REPLACEMENT = 0xFFFD;

  private int[] characters = new int[64];
  private int count;
  private int pending;
  private int missing;
  private int least;

  /// Reads the next piece; its characters are in [#characters] until the next call.
  ///
  /// @return how many
  public int read(byte[] piece) {
    count = 0;
    for (byte signed : piece) {
      int b = signed & 0xFF;
      if (missing > 0 && (b & 0xC0) == 0x80) {
        pending = pending << 6 | b & 0x3F;
        if (--missing == 0) {
          put(Character.isValidCodePoint(pending) && pending >= least ? pending : REPLACEMENT);
        }
        continue;
      }
      if (missing > 0) {
        missing = 0;
        put(REPLACEMENT);
      }
      begin(b);
    }
    return count;
  }

  /// The characters of the last piece.
  public int[] characters() {
    return characters;
  }

  private void begin(int b) {
    if (b < 0x80) {
      put(b);
    } else if (b >= 0xC2 && b < 0xE0) {
      expect(b & 0x1F, 1, 0x80);
    } else if (b >= 0xE0 && b < 0xF0) {
      expect(b & 0x0F, 2, 0x800);
    } else if (b >= 0xF0 && b < 0xF5) {
      expect(b & 0x07, 3, 0x10000);
    } else {
      put(REPLACEMENT);
    }
  }

  private void expect(int bits, int more, int smallest) {
    pending = bits;
    missing = more;
    least = smallest;
  }

  private void put(int character) {
    if (count == characters.length) {
      characters = Arrays.copyOf(characters, 2 * count);
    }
    characters[count++] = character;
  }
}
