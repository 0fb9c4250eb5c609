package dev.steerage.gateway.event;

import java.util.Optional;

/// One committed record of a tenant's topic.
///
/// @param timeMs broker time, epoch milliseconds
/// @param bytes the value as it lies there
/// @param value what it says; empty: it cannot be read
public record LogRecord<V>(
    Kind<V> kind,
    int partition,
    long offset,
    long timeMs,
    String key,
    byte[] bytes,
    Optional<V> value) {
  private static final int OVERHEAD_BYTES = 200;

  /// Reads a value.
  public static <V> LogRecord<V> of(
      Kind<V> kind, int partition, long offset, long timeMs, String key, byte[] bytes) {
    byte[] present = bytes == null ? new byte[0] : bytes;
    Optional<V> value =
        bytes == null ? Optional.empty() : kind.topic().value().decode(bytes).value();
    return new LogRecord<>(kind, partition, offset, timeMs, key, present, value);
  }

  /// About what it costs in memory.
  int weight() {
    return OVERHEAD_BYTES + 2 * bytes.length;
  }
}
