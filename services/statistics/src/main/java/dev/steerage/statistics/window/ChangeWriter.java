package dev.steerage.statistics.window;

import java.util.Arrays;

/// A growing buffer of little bytes; reused, so that a commit allocates only what it sends.
final class ChangeWriter {
  private static final int VARINT_MAX = 10;

  private byte[] bytes = new byte[1 << 14];
  private int size;

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  /// Takes back what was written after a place.
  void truncate(int to) {
    size = to;
  }

  /// Sets a byte that was written before.
  void patch(int at, int value) {
    bytes[at] = (byte) value;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
    }
  }

  void u8(int value) {
    ensure(1);
    bytes[size++] = (byte) value;
  }

  void i64(long value) {
    ensure(Long.BYTES);
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  void varint(long value) {
    ensure(VARINT_MAX);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /// Every count as a varint, zeros included.
  void dense(int[] counts) {
    ensure(counts.length * 5);
    byte[] to = bytes;
    int at = size;
    for (int count : counts) {
      int rest = count;
      while (rest > 0x7F) {
        to[at++] = (byte) (rest | 0x80);
        rest >>>= 7;
      }
      to[at++] = (byte) rest;
    }
    size = at;
  }

  /// The counts that are not zero: distance from the code before, one bit whether the count is more
  /// than one, then the count.
  ///
  /// @param touched one bit for each code with a count
  void sparse(int[] counts, long[] touched) {
    int next = 0;
    for (int word = 0; word < touched.length; word++) {
      long bits = touched[word];
      if (bits == 0) {
        continue;
      }
      ensure(Long.SIZE * VARINT_MAX);
      do {
        int code = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
        int count = counts[code];
        assert count > 0 : "count=" + count + " of touched code " + code;
        int gap = code - next;
        next = code + 1;
        if (count == 1) {
          varintUnchecked(gap << 1);
        } else {
          varintUnchecked(gap << 1 | 1);
          varintUnchecked(count - 2);
        }
      } while (bits != 0);
    }
  }

  private void varintUnchecked(int value) {
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }
}
