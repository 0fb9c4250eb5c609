package dev.steerage.broker.tenant;

import static dev.steerage.broker.AdminAnswer.await;

import dev.steerage.broker.BrokerException;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/// Takes away, step by step, what a deleted tenant left in Steerage's own topics.
///
/// - Compacted topics: a record without value for each of its keys ([TenantTraces]).
/// - What all tenants share and nobody reads twice: a record has the statistics forget the tenant,
///   what every service has read is deleted, and segments are closed early meanwhile, as the broker
///   deletes whole segments only.
/// - Changelogs of the statistics: the same record makes them write, and so close their segments.
/// - Consumer groups of the tenant.
///
/// To be called again and again, some seconds apart: a segment is closed by a record that comes
/// when it is old enough.
final class Erasure implements AutoCloseable {
  private static final List<Topic<?, ?>> SHARED =
      List.of(Topics.HISTOGRAMS, Topics.OBSERVATIONS, Topics.MONITOR_EDGES);
  private static final String SEGMENT = "segment.ms";
  private static final Duration HASTY_SEGMENT = Duration.ofSeconds(5);

  /// Statistics that are down do not keep a tenant alive.
  private static final Duration HEARD = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(50);

  private final Admin admin;
  private final TenantId tenant;
  private final TenantTraces traces;
  private final ProcessedRecords processed;

  /// By partition of a shared topic: everything before is to go, and is in closed segments.
  private Optional<Map<TopicPartition, Long>> bounds = Optional.empty();

  private long hastySinceNs;
  private boolean isBegun;
  private boolean isHasty;
  private boolean isSharedClean;

  Erasure(Admin admin, Map<String, ?> client, TenantId tenant) {
    this.admin = admin;
    this.tenant = tenant;
    traces = new TenantTraces(client);
    processed = new ProcessedRecords(admin);
  }

  /// Has the statistics forget the tenant while its topics are still there, and waits for them:
  /// what they would write to topics that are gone would hold up what they write for others.
  void announce() {
    Set<String> topics = await("list topics", admin.listTopics().names());
    List<String> counted =
        Stream.of(Topics.HISTOGRAMS, Topics.OBSERVATIONS)
            .map(Topic::name)
            .filter(topics::contains)
            .toList();
    List<TopicPartition> all = partitions(counted);
    Map<TopicPartition, Long> ends = offsets(all, OffsetSpec.latest());
    traces.close(Topics.erasureKey(tenant), all, new byte[0]);
    long begun = System.nanoTime();
    while (isUnread(ends, processed.readNow(Set.copyOf(counted), TenantReconciler.RESERVED))
        && System.nanoTime() - begun < HEARD.toNanos()) {
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  /// Of a topic that some service reads, a partition that it has not read up to there.
  private static boolean isUnread(Map<TopicPartition, Long> ends, Map<TopicPartition, Long> read) {
    Set<String> topics =
        read.keySet().stream().map(TopicPartition::topic).collect(Collectors.toSet());
    return ends.entrySet().stream()
        .filter(end -> topics.contains(end.getKey().topic()))
        .anyMatch(end -> read.getOrDefault(end.getKey(), 0L) <= end.getValue());
  }

  /// @return records and partitions that still hold something; 0: nothing is left
  int step() {
    Set<String> topics = await("list topics", admin.listTopics().names());
    List<String> shared = SHARED.stream().map(Topic::name).filter(topics::contains).toList();
    if (!isBegun) {
      isBegun = true;
      isHasty = true;
      hastySinceNs = System.nanoTime();
      segments(shared, _ -> Long.toString(HASTY_SEGMENT.toMillis()));
    } else if (bounds.isEmpty() && areSegmentsOld()) {
      // What is written next is in another segment.
      bounds = Optional.of(offsets(partitions(shared), OffsetSpec.latest()));
    }
    // What stays behind names nobody.
    traces.close(
        bounds.isPresent() ? Topics.ERASURE : Topics.erasureKey(tenant),
        partitions(shared),
        new byte[0]);
    Set<TopicPartition> read = processed.delete(Set.copyOf(shared), TenantReconciler.RESERVED);
    int unread = isSharedClean ? 0 : bounds.map(some -> unread(read, some)).orElse(1);
    if (!isSharedClean && unread == 0) {
      isSharedClean = true;
      close();
    }
    groups();
    return unread + traces.erase(tenant, keyed(topics));
  }

  /// The broker has heard of the settings for so long that the next record closes the segment.
  private boolean areSegmentsOld() {
    return System.nanoTime() - hastySinceNs > HASTY_SEGMENT.plusSeconds(1).toNanos();
  }

  /// Compacted topics whose keys are, or begin with, a tenant's name.
  private static List<String> keyed(Set<String> topics) {
    return topics.stream()
        .filter(
            name ->
                Topics.modelOfWork(name).isPresent()
                    || Topics.modelOfSessions(name).isPresent()
                    || name.equals(Topics.MONITORS.name())
                    || name.equals(Topics.TENANTS.name()))
        .sorted()
        .toList();
  }

  private List<TopicPartition> partitions(List<String> topics) {
    List<TopicPartition> all = new ArrayList<>();
    SHARED.stream()
        .filter(topic -> topics.contains(topic.name()))
        .forEach(
            topic -> {
              for (int partition = 0; partition < topic.settings().partitions(); partition++) {
                all.add(new TopicPartition(topic.name(), partition));
              }
            });
    return all;
  }

  /// Partitions that hold what was there when the tenant was deleted. Of a topic that no service
  /// reads, nothing can be said.
  private int unread(Set<TopicPartition> read, Map<TopicPartition, Long> ends) {
    Set<String> topics = read.stream().map(TopicPartition::topic).collect(Collectors.toSet());
    Map<TopicPartition, Long> begins = offsets(ends.keySet(), OffsetSpec.earliest());
    return (int)
        ends.entrySet().stream()
            .filter(bound -> topics.contains(bound.getKey().topic()))
            .filter(bound -> begins.get(bound.getKey()) < bound.getValue())
            .count();
  }

  private Map<TopicPartition, Long> offsets(Collection<TopicPartition> partitions, OffsetSpec at) {
    Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
    partitions.forEach(partition -> asked.put(partition, at));
    Map<TopicPartition, ListOffsetsResultInfo> found =
        await("look at offsets", admin.listOffsets(asked).all());
    Map<TopicPartition, Long> offsets = new HashMap<>();
    found.forEach((partition, info) -> offsets.put(partition, info.offset()));
    return offsets;
  }

  /// What its consumers have read says which topics it had, and how much was on them.
  private void groups() {
    String prefix = tenant.name() + ".";
    List<String> own =
        await("list groups", admin.listGroups().all()).stream()
            .map(GroupListing::groupId)
            .filter(group -> group.startsWith(prefix))
            .toList();
    for (String group : own) {
      try {
        await("delete group", admin.deleteConsumerGroups(List.of(group)).all());
      } catch (BrokerException e) {
        // Somebody of the tenant is still connected: next time.
      }
    }
  }

  /// @param msOf how long a segment of a topic is written to, from now on
  private void segments(List<String> topics, UnaryOperator<String> msOf) {
    Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
    for (String topic : topics) {
      changes.put(
          new ConfigResource(ConfigResource.Type.TOPIC, topic),
          List.of(
              new AlterConfigOp(
                  new ConfigEntry(SEGMENT, msOf.apply(topic)), AlterConfigOp.OpType.SET)));
    }
    await("set " + SEGMENT, admin.incrementalAlterConfigs(changes).all());
  }

  /// Segments are as the catalogue says. Who does not come so far leaves them to the next
  /// provisioning.
  @Override
  public void close() {
    if (isHasty) {
      isHasty = false;
      Map<String, String> usual = new HashMap<>();
      SHARED.forEach(
          topic -> usual.put(topic.name(), topic.settings().configuration().get(SEGMENT)));
      Set<String> topics = await("list topics", admin.listTopics().names());
      segments(usual.keySet().stream().filter(topics::contains).toList(), usual::get);
    }
  }
}
