package dev.steerage.admission.kafka;

import dev.steerage.admission.decision.Turnstile;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// The partitions of prompts that this process reads, and which of them it has paused because their
/// tenant has enough under way: what is not read waits in its topic. For one thread.
final class PromptPartitions {
  /// The head of a paused partition has no deadline.
  static final long NEVER = Long.MAX_VALUE;

  private static final int OF_A_TENANT = Topics.PROMPTS.settings().partitions();

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Set<TopicPartition> owned = new HashSet<>();
  private final Map<TenantId, Integer> ownedOf = new HashMap<>();
  private final Map<TopicPartition, Head> held = new LinkedHashMap<>();

  /// The prompt that a paused partition waits with.
  record Head(TenantId tenant, String model, long deadlineMs) {}

  PromptPartitions(KafkaConsumer<byte[], byte[]> consumer) {
    this.consumer = consumer;
  }

  void add(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      if (owned.add(partition)) {
        tenant(partition).ifPresent(tenant -> ownedOf.merge(tenant, 1, Integer::sum));
      }
    }
  }

  void remove(Collection<TopicPartition> partitions) {
    for (TopicPartition partition : partitions) {
      held.remove(partition);
      if (owned.remove(partition)) {
        tenant(partition)
            .ifPresent(
                tenant ->
                    ownedOf.computeIfPresent(tenant, (_, count) -> count == 1 ? null : count - 1));
      }
    }
  }

  private static java.util.Optional<TenantId> tenant(TopicPartition partition) {
    return Topics.PROMPTS.tenantOf(partition.topic());
  }

  boolean isOurs(TenantId tenant, int partition) {
    return owned.contains(new TopicPartition(Topics.PROMPTS.of(tenant).name(), partition));
  }

  /// The part of a tenant's prompts that comes through this process.
  double part(TenantId tenant) {
    return (double) ownedOf.getOrDefault(tenant, 0) / OF_A_TENANT;
  }

  /// Leaves a prompt and what comes after it where they are.
  void hold(TopicPartition partition, long offset, Head head) {
    consumer.pause(List.of(partition));
    consumer.seek(partition, offset);
    held.put(partition, head);
  }

  /// Reads a partition again from an offset, if it is still ours.
  void rewind(TopicPartition partition, long offset) {
    if (held.remove(partition) != null) {
      consumer.resume(List.of(partition));
    }
    if (owned.contains(partition)) {
      consumer.seek(partition, offset);
    }
  }

  /// Reads on where there is room again, or where the deadline of a head has passed and must be
  /// answered. Of one tenant's partitions the one that waited longest goes first.
  void release(Turnstile turnstile, long nowMs) {
    if (held.isEmpty()) {
      return;
    }
    Set<TenantId> served = new HashSet<>();
    Iterator<Map.Entry<TopicPartition, Head>> all = held.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<TopicPartition, Head> next = all.next();
      Head head = next.getValue();
      boolean due =
          head.deadlineMs() <= nowMs
              || !served.contains(head.tenant())
                  && turnstile.isWorthALook(head.tenant(), head.model());
      if (due) {
        served.add(head.tenant());
        consumer.resume(List.of(next.getKey()));
        all.remove();
      }
    }
    Map<String, Set<TenantId>> waiting = new HashMap<>();
    held.values()
        .forEach(
            head -> waiting.computeIfAbsent(head.model(), _ -> new HashSet<>()).add(head.tenant()));
    turnstile.waits(waiting);
  }

  /// Paused partitions.
  int held() {
    return held.size();
  }
}
