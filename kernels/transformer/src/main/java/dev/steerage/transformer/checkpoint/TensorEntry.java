package dev.steerage.transformer.checkpoint;

/// One line of a safetensors header.
///
/// @param begin first byte, counted from the end of the header
/// @param end one past the last byte
record TensorEntry(String name, TensorType type, long[] shape, long begin, long end) {}
