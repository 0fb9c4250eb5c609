package dev.steerage.index.search;

import java.time.Duration;

/// What one search may cost.
///
/// @param patternBytes longest pattern
/// @param time longest search
/// @param matches most marked tokens
/// @param threads that work on one search
/// @param keptBytes decoded blocks that one corpus may keep in memory
public record SearchLimits(
    int patternBytes, Duration time, long matches, int threads, long keptBytes) {
  private static final int PATTERN_BYTES = 512;
  private static final long MATCHES = 5_000_000;
  private static final int KEPT_SHARE = 6;

  /// For one machine.
  public static SearchLimits defaults() {
    return new SearchLimits(
        PATTERN_BYTES,
        Duration.ofSeconds(4),
        MATCHES,
        Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 16),
        Runtime.getRuntime().maxMemory() / KEPT_SHARE);
  }
}
