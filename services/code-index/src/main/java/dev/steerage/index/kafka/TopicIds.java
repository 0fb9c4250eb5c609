package dev.steerage.index.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Ids of topics: one that was deleted and made again has another id under the same name.
final class TopicIds {
  private TopicIds() {}

  /// Ids of those topics that exist.
  static Map<String, String> of(Admin admin, Set<String> topics) {
    Map<String, String> ids = new HashMap<>();
    if (topics.isEmpty()) {
      return ids;
    }
    admin
        .describeTopics(topics)
        .topicNameValues()
        .forEach((topic, described) -> put(ids, topic, described));
    return ids;
  }

  private static void put(
      Map<String, String> ids, String topic, KafkaFuture<TopicDescription> described) {
    try {
      ids.put(topic, described.get().topicId().toString());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e);
      }
    }
  }
}
