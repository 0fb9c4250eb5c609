package dev.steerage.gateway.event;

import java.util.List;
import java.util.OptionalLong;

/// Reads old records for one reader; a bounded number of readers at the same time.
public interface LogReader {
  /// A record before its value is read.
  record Raw(long offset, long timeMs, String key, byte[] value) {}

  /// Some records.
  ///
  /// @param next offset from which to go on, above the one read from
  record Batch(List<Raw> records, long next) {
    public Batch {
      records = List.copyOf(records);
    }
  }

  /// Committed records of a partition, from an offset on; possibly beyond `until`. There may be
  /// none: then the offsets before `next` hold no committed record.
  ///
  /// @param until an offset that the committed log has reached
  Batch read(String topic, int partition, long from, long until);

  /// The first offset that the log still has.
  long first(String topic, int partition);

  /// The offset after the last committed record.
  long end(String topic, int partition);

  /// Offset of the first record at or after a broker time, if there is one.
  OptionalLong at(String topic, int partition, long timeMs);
}
