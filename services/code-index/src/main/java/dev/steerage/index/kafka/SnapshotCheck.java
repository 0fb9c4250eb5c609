package dev.steerage.index.kafka;

import dev.steerage.index.store.CodeIndex.ReadTopic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Whether the log still goes on where a snapshot ends.
final class SnapshotCheck {
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Admin admin;
  private final Map<TopicPartition, Long> offsets = new HashMap<>();

  SnapshotCheck(KafkaConsumer<byte[], byte[]> consumer, Admin admin) {
    this.consumer = consumer;
    this.admin = admin;
  }

  /// Why these topics cannot be read on; empty: they can.
  Optional<String> refusal(List<ReadTopic> topics) {
    Set<String> names = new HashSet<>();
    topics.forEach(topic -> names.add(topic.topic()));
    Map<String, String> ids = TopicIds.of(admin, names);
    for (ReadTopic topic : topics) {
      if (!topic.id().equals(ids.get(topic.topic()))) {
        return Optional.of("topic is another one or gone: " + topic.topic());
      }
      for (int partition = 0; partition < topic.next().length; partition++) {
        offsets.put(new TopicPartition(topic.topic(), partition), topic.next()[partition]);
      }
    }
    Map<TopicPartition, Long> first = consumer.beginningOffsets(offsets.keySet());
    Map<TopicPartition, Long> end = consumer.endOffsets(offsets.keySet());
    for (Map.Entry<TopicPartition, Long> next : offsets.entrySet()) {
      TopicPartition partition = next.getKey();
      // Counts with a hole would claim to know since a time from which something is missing.
      if (next.getValue() < first.get(partition) || next.getValue() > end.get(partition)) {
        return Optional.of(
            "log of %s has offsets %d to %d, snapshot ends at %d"
                .formatted(partition, first.get(partition), end.get(partition), next.getValue()));
      }
    }
    return Optional.empty();
  }

  /// Where to go on.
  Map<TopicPartition, Long> offsets() {
    return offsets;
  }
}
