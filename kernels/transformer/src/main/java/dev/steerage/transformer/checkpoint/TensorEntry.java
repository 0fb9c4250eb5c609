package dev.steerage.transformer.checkpoint;

import java.util.Arrays;

/// One line of a safetensors header.
///
/// @param begin first byte, counted from the end of the header
/// @param end one past the last byte
record TensorEntry(String name, TensorType type, long[] shape, long begin, long end) {
  boolean hasShape(int... expected) {
    return Arrays.equals(shape, Arrays.stream(expected).asLongStream().toArray());
  }
}
