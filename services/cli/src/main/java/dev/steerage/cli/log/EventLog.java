package dev.steerage.cli.log;

import dev.steerage.schemas.topic.Topic;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// The log that everything is said on. Thread-safe; its feeds are not.
public interface EventLog extends AutoCloseable {
  /// Writes one record, outside any transaction, and gives its place once the log has it.
  <V> CompletableFuture<Place> send(Topic<String, V> topic, String key, V value);

  /// Reads a topic.
  <V> Feed<V> follow(Topic<String, V> topic, Feed.From from);

  /// The number of records that each topic holds now, counted over its offsets; a transaction's
  /// markers count too. Topics of other names are left out.
  Map<String, TopicSize> sizes(List<String> names);

  @Override
  void close();

  /// Where a record is.
  record Place(int partition, long offset) {}

  /// How large a topic is.
  record TopicSize(int partitions, long offsets) {}
}
