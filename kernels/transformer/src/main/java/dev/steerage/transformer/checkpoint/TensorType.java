package dev.steerage.transformer.checkpoint;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// Element types of tensor files. Only the floats of 16 and 32 bits can be weights; the others are
/// known so that buffers such as masks can be skipped with the right size.
enum TensorType {
  F32(4),
  F16(2),
  BF16(2),
  F64(8),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  BOOL(1);

  private final int bytes;

  TensorType(int bytes) {
    this.bytes = bytes;
  }

  int bytes() {
    return bytes;
  }

  /// Bytes of a tensor; refused where they do not fit into a long.
  long bytes(Path path, String name, long[] shape) {
    try {
      long total = bytes;
      for (long n : shape) {
        total = Math.multiplyExact(total, n);
      }
      return total;
    } catch (ArithmeticException e) {
      throw new CheckpointException(
          path, name, "a shape of less than 2^63 bytes", Arrays.toString(shape), e);
    }
  }

  boolean isWeight() {
    return this == F32 || this == F16 || this == BF16;
  }

  static Optional<TensorType> of(String name) {
    for (TensorType type : values()) {
      if (type.name().equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
