package dev.steerage.schemas.topic;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How a topic is made and who may use it.
///
/// @param partitions fixed for the life of the topic
/// @param cleanup what happens to old records
/// @param retention how long records are kept; empty: for ever
/// @param maxRecordBytes largest record batch that the broker takes
/// @param writers roles that may write
/// @param readers roles that may read
public record TopicSettings(
    int partitions,
    Cleanup cleanup,
    Optional<Duration> retention,
    int maxRecordBytes,
    Set<Role> writers,
    Set<Role> readers) {
  /// How long a segment of a compacted topic is written to, and how long a record that another one
  /// replaced lies there at most afterwards. A minute each, and the files are deleted a minute
  /// later: what a deleted tenant left is gone in less than ten, its tombstones too.
  private static final Duration COMPACTED_SEGMENT = Duration.ofMinutes(1);

  /// How long a record without value stays, for readers that have read what it takes away.
  private static final Duration TOMBSTONE = Duration.ofMinutes(2);

  private static final int SEGMENTS_OF_RETENTION = 6;

  public TopicSettings {
    writers = Set.copyOf(writers);
    readers = Set.copyOf(readers);
  }

  /// The configuration that the topic is made with. Records carry the broker's time, so that no
  /// client can move a window or a retention.
  public Map<String, String> configuration() {
    Map<String, String> configuration = new LinkedHashMap<>();
    configuration.put(
        "cleanup.policy",
        cleanup != Cleanup.COMPACT ? "delete" : retention.isEmpty() ? "compact" : "compact,delete");
    if (cleanup == Cleanup.COMPACT) {
      configuration.putAll(compaction());
    } else if (isInternal() && retention.isPresent()) {
      // The open segment is kept whole: what is over goes at most a sixth too late.
      configuration.put(
          "segment.ms", Long.toString(retention.get().toMillis() / SEGMENTS_OF_RETENTION));
    }
    configuration.put(
        "retention.ms", retention.map(time -> Long.toString(time.toMillis())).orElse("-1"));
    configuration.put("retention.bytes", "-1");
    configuration.put("max.message.bytes", Integer.toString(maxRecordBytes));
    configuration.put("message.timestamp.type", "LogAppendTime");
    return configuration;
  }

  /// How fast a compacted topic forgets; changelogs of the statistics too.
  public static Map<String, String> compaction() {
    Map<String, String> configuration = new LinkedHashMap<>();
    // Only closed segments are compacted, and who takes over reads the whole partition.
    configuration.put("segment.ms", Long.toString(COMPACTED_SEGMENT.toMillis()));
    configuration.put("min.cleanable.dirty.ratio", "0.2");
    // What a deleted tenant left must be gone in minutes, however much the others write.
    configuration.put("max.compaction.lag.ms", Long.toString(COMPACTED_SEGMENT.toMillis()));
    configuration.put("delete.retention.ms", Long.toString(TOMBSTONE.toMillis()));
    return configuration;
  }

  private boolean isInternal() {
    return readers.equals(Set.of(Role.SERVICE));
  }

  /// What happens to old records.
  public enum Cleanup {
    /// Deleted after the retention.
    DELETE,
    /// The last record of each key stays, for the retention where there is one.
    COMPACT,
    /// Nothing: the topic is a log for ever.
    NONE
  }

  /// Who a principal is.
  public enum Role {
    /// `<tenant>.app`: writes prompts and commands, reads completions.
    APP,
    /// `<tenant>.policy`: writes rules.
    POLICY,
    /// `<tenant>.viewer`: reads.
    VIEWER,
    /// Steerage's own services.
    SERVICE
  }
}
