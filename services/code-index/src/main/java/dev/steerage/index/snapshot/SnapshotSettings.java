package dev.steerage.index.snapshot;

import java.nio.file.Path;
import java.time.Duration;

/// Where and how often.
///
/// @param folder of one index alone
/// @param interval time after which a change is kept at the latest; many records are kept sooner
public record SnapshotSettings(Path folder, Duration interval) {
  public SnapshotSettings {
    if (interval.isNegative() || interval.isZero()) {
      throw new IllegalArgumentException("snapshot-interval=" + interval + ", expected > 0");
    }
  }

  /// The newest snapshot.
  public Path file() {
    return folder.resolve("snapshot.bin");
  }
}
