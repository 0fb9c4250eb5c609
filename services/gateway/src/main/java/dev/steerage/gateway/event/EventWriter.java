package dev.steerage.gateway.event;

import dev.steerage.schemas.topic.Topic;
import java.util.concurrent.CompletableFuture;

/// Writes records that any Kafka client could write.
public interface EventWriter {
  /// Where a record lies.
  record Place(int partition, long offset) {}

  /// Writes one record; done when the broker has it.
  <V> CompletableFuture<Place> send(Topic<String, V> topic, String key, V value);

  /// The partition that a key has among so many.
  int partitionOf(String key, int partitions);
}
