package dev.steerage.schemas.index;

import java.time.Instant;

/// How often a code fired.
///
/// @param firings committed and live
/// @param live the part of `firings` whose record is not committed yet
/// @param positions positions seen at the code's site, committed and live
/// @param knownSince the counts cover records from this broker time on
public record CodeCounts(long firings, long live, long positions, Instant knownSince) {
  /// Firings per position; 0 if no position was seen.
  public double rate() {
    return positions == 0 ? 0 : (double) firings / positions;
  }
}
