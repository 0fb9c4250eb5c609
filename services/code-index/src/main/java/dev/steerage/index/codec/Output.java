package dev.steerage.index.codec;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that grow, little endian.
public final class Output {
  private static final int MOST = Integer.MAX_VALUE - 16;

  private byte[] bytes;
  private int size;

  public Output(int capacity) {
    bytes = new byte[Math.max(16, capacity)];
  }

  public int size() {
    return size;
  }

  /// The array behind it; [#size] bytes of it are used.
  public byte[] array() {
    return bytes;
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      long wanted = Math.max((long) size + more, bytes.length * 3L / 2);
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, MOST));
    }
  }

  public void u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  public void u16(int value) {
    room(2);
    bytes[size++] = (byte) value;
    bytes[size++] = (byte) (value >>> 8);
  }

  public void i32(int value) {
    room(4);
    for (int shift = 0; shift < 32; shift += 8) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  public void i64(long value) {
    i32((int) value);
    i32((int) (value >>> 32));
  }

  /// Seven bits per byte, low ones first.
  public void varint(int value) {
    int rest = value;
    while ((rest & ~0x7F) != 0) {
      u8(rest & 0x7F | 0x80);
      rest >>>= 7;
    }
    u8(rest);
  }

  /// As [#varint], for long numbers.
  public void varlong(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      u8((int) (rest & 0x7F | 0x80));
      rest >>>= 7;
    }
    u8((int) rest);
  }

  public void bytes(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  /// Its length and its bytes.
  public void text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    varint(utf8.length);
    bytes(utf8, 0, utf8.length);
  }

  /// Overwrites a number written before.
  public void setI32(int at, int value) {
    for (int i = 0; i < 4; i++) {
      bytes[at + i] = (byte) (value >>> 8 * i);
    }
  }

  /// Zeros up to the next multiple.
  public void align(int multiple) {
    while (size % multiple != 0) {
      u8(0);
    }
  }
}
