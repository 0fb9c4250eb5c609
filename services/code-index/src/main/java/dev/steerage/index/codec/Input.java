package dev.steerage.index.codec;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// Reads what [Output] wrote, with a position. Reading beyond the end throws
/// [IndexOutOfBoundsException].
public final class Input {
  static final ValueLayout.OfShort U16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment from;
  private long at;

  public Input(MemorySegment from, long at) {
    this.from = from;
    this.at = at;
  }

  /// Where the next byte is read.
  public long position() {
    return at;
  }

  public int u8() {
    return from.get(ValueLayout.JAVA_BYTE, at++) & 0xFF;
  }

  public int u16() {
    int value = from.get(U16, at) & 0xFFFF;
    at += 2;
    return value;
  }

  public int i32() {
    int value = from.get(I32, at);
    at += 4;
    return value;
  }

  public long i64() {
    return (i32() & 0xFFFF_FFFFL) | (long) i32() << 32;
  }

  /// Seven bits per byte, low ones first.
  public int varint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      int next = u8();
      value |= (next & 0x7F) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("varint of more than 5 bytes");
  }

  /// As [#varint], for long numbers.
  public long varlong() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      int next = u8();
      value |= (next & 0x7FL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("varint of more than 10 bytes");
  }

  /// A text with its length.
  public String text() {
    int length = varint();
    byte[] utf8 = new byte[Objects.checkIndex(length, 1 << 24)];
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, at, utf8, 0, length);
    at += length;
    return new String(utf8, StandardCharsets.UTF_8);
  }
}
