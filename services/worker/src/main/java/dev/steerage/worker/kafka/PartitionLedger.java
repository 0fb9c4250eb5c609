package dev.steerage.worker.kafka;

import dev.steerage.schemas.topic.CommitMetadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which work records were taken and which of them are finished, per partition. Owned by the commit
/// thread.
final class PartitionLedger {
  private final Map<Integer, Line> lines = new TreeMap<>();

  /// A partition is ours, with what a predecessor left unfinished.
  ///
  /// @param assignment which time it became ours: what is known from an earlier time counts for
  ///   nothing
  void adopt(int partition, long assignment, CommitMetadata found) {
    Line line = new Line(assignment);
    line.taken = found.taken();
    line.unfinished.addAll(found.unfinished());
    lines.put(partition, line);
  }

  void release(Collection<Integer> partitions) {
    partitions.forEach(lines::remove);
  }

  void clear() {
    lines.clear();
  }

  /// A record was read from a partition; nothing if the partition is not ours.
  void take(int partition, long offset) {
    Line line = lines.get(partition);
    if (line != null && offset >= line.taken) {
      line.taken = offset + 1;
      line.unfinished.add(offset);
    }
  }

  /// The last event of a record's request is in the tick being written.
  void finish(int partition, long offset) {
    Line line = lines.get(partition);
    if (line != null) {
      line.unfinished.remove(offset);
    }
  }

  Set<Integer> partitions() {
    return lines.keySet();
  }

  /// Whether what is known of a partition is from this assignment.
  boolean knows(int partition, long assignment) {
    Line line = lines.get(partition);
    return line != null && line.assignment == assignment;
  }

  /// What to commit for a partition.
  CommitMetadata metadata(int partition) {
    Line line = lines.get(partition);
    return new CommitMetadata(line.taken, List.copyOf(new ArrayList<>(line.unfinished)));
  }

  private static final class Line {
    private final TreeSet<Long> unfinished = new TreeSet<>();
    private final long assignment;
    private long taken;

    Line(long assignment) {
      this.assignment = assignment;
    }
  }
}
