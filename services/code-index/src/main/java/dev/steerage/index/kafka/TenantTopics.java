package dev.steerage.index.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.index.CommittedEvent.ReadUpTo;
import dev.steerage.index.CommittedEvent.TenantGone;
import dev.steerage.index.CommittedEvent.TenantSeen;
import dev.steerage.index.CommittedEvent.TopicSeen;
import dev.steerage.index.CommittedQueue;
import dev.steerage.schemas.topic.TenantTopic;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/// Keeps a consumer assigned to the activations, rule logs and labels of every tenant that there
/// is, and to the platform's labels, each from its first record on.
final class TenantTopics {
  private static final long REFRESH_NS = TimeUnit.SECONDS.toNanos(1);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final CommittedQueue queue;
  private final Set<String> tenants = new HashSet<>();
  // Without topics at the last look.
  private final Set<String> missing = new HashSet<>();
  private final Admin admin;
  private Set<TopicPartition> assigned = Set.of();
  // Where a snapshot ends; taken once, when a partition is first assigned.
  private final Map<TopicPartition, Long> resumeAt = new HashMap<>();
  // What the agent was told of positions behind the last record.
  private final Map<TopicPartition, Long> told = new HashMap<>();
  private final Set<String> identified = new HashSet<>();
  // Ends at the first look: what the index knew nothing of when it started.
  private Map<TopicPartition, Long> startEnds = Map.of();
  private boolean looked;
  private boolean caughtUp;
  private long lastRefreshNs;

  TenantTopics(KafkaConsumer<byte[], byte[]> consumer, Admin admin, CommittedQueue queue) {
    this.consumer = consumer;
    this.admin = admin;
    this.queue = queue;
  }

  /// Where to begin, in place of the first record.
  void resumeAt(Map<TopicPartition, Long> offsets) {
    resumeAt.putAll(offsets);
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
              if (name.equals(Topics.PLATFORM_LABELS.name())) {
                add(partitions, wanted);
              }
            });
    boolean isComplete = hasToldIds(wanted);
    tellGone(wanted);
    if (!wanted.equals(assigned)) {
      assign(wanted);
    }
    if (!looked && isComplete) {
      startEnds = new HashMap<>(consumer.endOffsets(wanted));
      looked = true;
    }
    tellPositions();
    lastRefreshNs = now;
  }

  /// Says which tenants have lost their last topic, so that nothing of them is kept. One look may
  /// miss what is there; that a topic is gone is what the second one and the broker's own word say.
  private void tellGone(Set<TopicPartition> wanted) {
    Set<String> left = new HashSet<>(tenants);
    wanted.forEach(partition -> left.remove(owner(partition.topic())));
    missing.retainAll(left);
    for (String tenant : left) {
      if (!missing.add(tenant) && TopicIds.of(admin, topicsOf(tenant)).isEmpty()) {
        missing.remove(tenant);
        tenants.remove(tenant);
        identified.removeIf(topic -> owner(topic).equals(tenant));
        told.keySet().removeIf(partition -> owner(partition.topic()).equals(tenant));
        queue.put(new TenantGone(tenant));
      }
    }
  }

  private static Set<String> topicsOf(String name) {
    var tenant = new TenantId(name);
    return Set.of(
        Topics.ACTIVATIONS.of(tenant).name(),
        Topics.RULES.of(tenant).name(),
        Topics.LABELS.of(tenant).name());
  }

  private void want(String tenant, List<PartitionInfo> partitions, Set<TopicPartition> wanted) {
    if (tenants.add(tenant)) {
      queue.put(new TenantSeen(tenant));
    }
    add(partitions, wanted);
  }

  private static void add(List<PartitionInfo> partitions, Set<TopicPartition> wanted) {
    for (PartitionInfo partition : partitions) {
      wanted.add(new TopicPartition(partition.topic(), partition.partition()));
    }
  }

  private void assign(Set<TopicPartition> wanted) {
    List<TopicPartition> added = new ArrayList<>(wanted);
    added.removeAll(assigned);
    // Positions of partitions that stay are kept.
    consumer.assign(wanted);
    List<TopicPartition> fresh = new ArrayList<>();
    for (TopicPartition partition : added) {
      Long next = resumeAt.remove(partition);
      if (next == null) {
        fresh.add(partition);
      } else {
        consumer.seek(partition, next);
      }
    }
    consumer.seekToBeginning(fresh);
    assigned = wanted;
  }

  /// Says which topics a snapshot will cover. A topic whose id is not known yet is not read yet:
  /// what a snapshot counts and does not name would be counted again. Labels are compacted: they
  /// are read again each time.
  ///
  /// @return whether all are known
  private boolean hasToldIds(Set<TopicPartition> wanted) {
    Set<String> added = new HashSet<>();
    for (TopicPartition partition : wanted) {
      if (isInSnapshots(partition.topic()) && !identified.contains(partition.topic())) {
        added.add(partition.topic());
      }
    }
    TopicIds.of(admin, added)
        .forEach(
            (topic, id) -> {
              identified.add(topic);
              queue.put(new TopicSeen(owner(topic), topic, id));
            });
    return !wanted.removeIf(
        partition -> isInSnapshots(partition.topic()) && !identified.contains(partition.topic()));
  }

  private static boolean isInSnapshots(String topic) {
    return tenantOf(Topics.LABELS, topic).isEmpty() && !topic.equals(Topics.PLATFORM_LABELS.name());
  }

  /// The tenant of a topic; empty: it is the platform's.
  private static String owner(String topic) {
    return tenantOf(Topics.ACTIVATIONS, topic)
        .or(() -> tenantOf(Topics.RULES, topic))
        .or(() -> tenantOf(Topics.LABELS, topic))
        .orElse("");
  }

  private void tellPositions() {
    for (TopicPartition partition : assigned) {
      if (isInSnapshots(partition.topic())) {
        long next;
        try {
          next = consumer.position(partition, Duration.ZERO);
        } catch (TimeoutException e) {
          // Nothing was polled of it yet: the next look will tell.
          continue;
        }
        Long before = told.put(partition, next);
        if (before == null || before != next) {
          queue.put(
              new ReadUpTo(
                  owner(partition.topic()), partition.topic(), partition.partition(), next));
        }
      }
    }
  }

  /// Whether there is anything to read: a consumer that has no partitions cannot be polled.
  boolean areAny() {
    return !assigned.isEmpty();
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
