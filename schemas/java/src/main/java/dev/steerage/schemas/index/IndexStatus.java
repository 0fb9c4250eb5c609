package dev.steerage.schemas.index;

import java.time.Instant;
import java.util.List;

/// What the index knows, since when, and what it had to leave out.
///
/// @param caughtUp every record that was committed when the index started has been read
/// @param knownSince broker time of the oldest record read; the epoch: none
/// @param committedPositions positions counted from committed records
/// @param livePositions positions that the overlay holds now
/// @param gaps live frames that workers numbered and the index never saw
/// @param foreignFrames live frames refused: truncated, foreign, of an unknown tenant or model
/// @param foreignRecords Kafka records refused for the same reasons
/// @param foreignRequests requests that could not be read
/// @param droppedResponses answers that a client did not take in time
/// @param evictions contexts, requests and models evicted at a limit
public record IndexStatus(
    boolean caughtUp,
    Instant knownSince,
    int tenants,
    long committedPositions,
    long livePositions,
    long liveFrames,
    long gaps,
    long foreignFrames,
    long foreignRecords,
    long foreignRequests,
    long droppedResponses,
    long evictions,
    long memoryBytes,
    long memoryLimitBytes,
    List<Progress> partitions) {
  public IndexStatus {
    partitions = List.copyOf(partitions);
  }

  /// How far a partition of the tenant was read.
  ///
  /// @param nextOffset offset after the last record counted
  public record Progress(String topic, int partition, long nextOffset) {}
}
