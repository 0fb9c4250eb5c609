package dev.steerage.schemas.index;

import java.time.Instant;
import java.util.List;

/// The codes of a site that fired most; ties to the lowest code id.
///
/// @param positions positions seen at the site, committed and live
/// @param knownSince the counts cover records from this broker time on
public record TopCodes(List<Entry> codes, long positions, Instant knownSince) {
  public TopCodes {
    codes = List.copyOf(codes);
  }

  /// One code of the site.
  public record Entry(int code, long firings) {}
}
