package dev.steerage.index.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.index.CommittedEvent.TenantSeen;
import dev.steerage.index.CommittedQueue;
import dev.steerage.schemas.topic.TenantTopic;
import dev.steerage.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/// Keeps a consumer assigned to the activations, rule logs and labels of every tenant that there
/// is, each from its first record on.
final class TenantTopics {
  private static final long REFRESH_NS = TimeUnit.SECONDS.toNanos(1);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final CommittedQueue queue;
  private final Set<String> tenants = new HashSet<>();
  private Set<TopicPartition> assigned = Set.of();
  // Ends at the first look: what the index knew nothing of when it started.
  private Map<TopicPartition, Long> startEnds = Map.of();
  private boolean looked;
  private boolean caughtUp;
  private long lastRefreshNs;

  TenantTopics(KafkaConsumer<byte[], byte[]> consumer, CommittedQueue queue) {
    this.consumer = consumer;
    this.queue = queue;
  }

  static Optional<String> tenantOf(TenantTopic<?, ?> topic, String name) {
    return topic.tenantOf(name).map(TenantId::name);
  }

  /// Looks for new and removed topics, once a second.
  void refresh() {
    long now = System.nanoTime();
    if (looked && now - lastRefreshNs < REFRESH_NS) {
      return;
    }
    Set<TopicPartition> wanted = new HashSet<>();
    consumer
        .listTopics()
        .forEach(
            (name, partitions) -> {
              tenantOf(Topics.ACTIVATIONS, name)
                  .or(() -> tenantOf(Topics.RULES, name))
                  .or(() -> tenantOf(Topics.LABELS, name))
                  .ifPresent(tenant -> want(tenant, partitions, wanted));
            });
    if (!wanted.equals(assigned)) {
      assign(wanted);
    }
    if (!looked) {
      startEnds = new HashMap<>(consumer.endOffsets(wanted));
      looked = true;
    }
    lastRefreshNs = now;
  }

  private void want(String tenant, List<PartitionInfo> partitions, Set<TopicPartition> wanted) {
    if (tenants.add(tenant)) {
      queue.put(new TenantSeen(tenant));
    }
    for (PartitionInfo partition : partitions) {
      wanted.add(new TopicPartition(partition.topic(), partition.partition()));
    }
  }

  private void assign(Set<TopicPartition> wanted) {
    List<TopicPartition> added = new ArrayList<>(wanted);
    added.removeAll(assigned);
    // Positions of partitions that stay are kept.
    consumer.assign(wanted);
    consumer.seekToBeginning(added);
    assigned = wanted;
  }

  /// True once: when everything that was committed at the start has been polled.
  boolean haveJustCaughtUp() {
    if (caughtUp || !looked) {
      return false;
    }
    startEnds
        .entrySet()
        .removeIf(
            end ->
                !assigned.contains(end.getKey())
                    || end.getValue() == 0
                    || consumer.position(end.getKey()) >= end.getValue());
    caughtUp = startEnds.isEmpty();
    return caughtUp;
  }
}
