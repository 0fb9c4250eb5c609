package dev.steerage.schemas.index;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// `int32`, little endian, one after the other.
final class PackedInts {
  private PackedInts() {}

  static List<Integer> unpack(byte[] bytes) {
    if (bytes.length % Integer.BYTES != 0) {
      throw new IllegalArgumentException("packed numbers: bytes=" + bytes.length);
    }
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Integer> numbers = new ArrayList<>(bytes.length / Integer.BYTES);
    while (in.hasRemaining()) {
      numbers.add(in.getInt());
    }
    return numbers;
  }
}
