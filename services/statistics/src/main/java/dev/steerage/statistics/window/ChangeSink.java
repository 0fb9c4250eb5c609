package dev.steerage.statistics.window;

/// Where changes go: the changelog.
@FunctionalInterface
public interface ChangeSink {
  /// @param value `null` removes the key
  void put(byte[] key, byte[] value);
}
