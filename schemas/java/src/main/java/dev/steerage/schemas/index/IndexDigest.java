package dev.steerage.schemas.index;

import java.time.Instant;
import java.util.List;

/// What an index knows from committed records, in one number: equal for two indexes that read the
/// same records up to the same offsets, in whatever order. The live overlay is left out.
///
/// @param sha256 in hexadecimal
/// @param caughtUp every record that was committed when the index started has been read
/// @param knownSince broker time of the oldest record read; the epoch: none
/// @param evictedModels counts forgotten at the limit; above 0 the digest compares with nothing
/// @param partitions how far the tenant's topics were read
public record IndexDigest(
    String sha256,
    boolean caughtUp,
    Instant knownSince,
    long evictedModels,
    List<IndexStatus.Progress> partitions) {
  public IndexDigest {
    partitions = List.copyOf(partitions);
  }
}
