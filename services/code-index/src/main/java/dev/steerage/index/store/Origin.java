package dev.steerage.index.store;

/// Where a committed record was: what came last is decided by broker time, then offset, then
/// partition, so that every replica finds the same, in whatever order it read the partitions.
public record Origin(long timeMs, long offset, int partition) implements Comparable<Origin> {
  /// Before every record.
  static final Origin NONE = new Origin(Long.MIN_VALUE, -1, -1);

  @Override
  public int compareTo(Origin other) {
    int byTime = Long.compare(timeMs, other.timeMs);
    int byOffset = byTime != 0 ? byTime : Long.compare(offset, other.offset);
    return byOffset != 0 ? byOffset : Integer.compare(partition, other.partition);
  }
}
