package dev.steerage.statistics.window;

/// Reads what [ChangeWriter] wrote.
///
/// The changelog holds only what Steerage wrote, so anything unreadable is a broken invariant.
final class ChangeReader {
  private final byte[] bytes;
  private int at;

  ChangeReader(byte[] bytes) {
    this.bytes = bytes;
  }

  boolean hasMore() {
    return at < bytes.length;
  }

  int u8() {
    if (at >= bytes.length) {
      throw new IllegalStateException("changelog: record ends early, bytes=" + bytes.length);
    }
    return bytes[at++] & 0xFF;
  }

  long i64() {
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | u8();
    }
    return value;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = u8();
      value |= (long) (next & 0x7F) << shift;
      if ((next & 0x80) == 0) {
        return value;
      }
    }
    throw new IllegalStateException("changelog: number of more than 10 bytes at " + at);
  }

  int size() {
    return Math.toIntExact(varint());
  }
}
