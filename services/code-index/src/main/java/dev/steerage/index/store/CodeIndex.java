package dev.steerage.index.store;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleChange.ConceptPut;
import dev.steerage.domain.rule.RuleChange.ConceptRemoved;
import dev.steerage.domain.rule.RuleChange.RulePut;
import dev.steerage.domain.rule.RuleChange.RuleRemoved;
import dev.steerage.index.store.TenantShard.Concept;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The index: committed records are its truth, live positions a volatile overlay on top.
///
/// A position is counted once: while it is live it counts as live, and the record of the same
/// request and position turns it into a committed one. A live position without a record goes when a
/// later attempt of its request shows up, or after a time. What remains is a function of the log.
public final class CodeIndex {
  private final IndexLimits limits;
  private final IndexMetrics metrics;
  private Map<String, KnownModel> models = new HashMap<>();
  private Map<String, TenantShard> shards = new HashMap<>();
  private PositionStore positions;
  private ModelStore modelStore;
  private long knownSinceMs;
  private boolean caughtUp;
  private long changes;

  public CodeIndex(IndexLimits limits, IndexMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
    Set<ModelCounts> counted = new HashSet<>();
    positions = new PositionStore(limits, metrics, counted);
    modelStore = new ModelStore(limits, metrics, positions, counted);
  }

  /// Takes the place of everything that is known by what another index knows, which nobody may use
  /// from then on.
  public void become(CodeIndex other) {
    models = other.models;
    shards = other.shards;
    positions = other.positions;
    modelStore = other.modelStore;
    knownSinceMs = other.knownSinceMs;
    publishLevels();
  }

  /// Grows with every change of what is committed.
  public long changes() {
    return changes;
  }

  /// A tenant has topics.
  public void tenantSeen(String tenant) {
    shards.computeIfAbsent(tenant, TenantShard::new);
  }

  /// A tenant was deleted: nothing of it is kept.
  public void tenantGone(String tenant) {
    TenantShard shard = shards.remove(tenant);
    if (shard == null) {
      return;
    }
    List.copyOf(shard.models.values()).forEach(modelStore::forget);
    changes++;
    publishLevels();
  }

  /// A model was announced. Counts of weights that it replaces are forgotten: the same code id
  /// means something else now.
  public void modelSeen(KnownModel model) {
    KnownModel before = models.put(model.name(), model);
    if (before != null && before.hashPrefix() != model.hashPrefix()) {
      for (TenantShard shard : shards.values()) {
        ModelCounts counts = shard.models.get(model.name());
        if (counts != null) {
          modelStore.forget(counts);
        }
      }
    }
  }

  /// The model of a name, if it was announced.
  public Optional<KnownModel> model(String name) {
    return Optional.ofNullable(models.get(name));
  }

  /// Counts a committed record.
  public void committed(String tenant, KnownModel model, PositionBatch batch, Origin origin) {
    TenantShard shard = shards.computeIfAbsent(tenant, TenantShard::new);
    ModelCounts counts = modelStore.counts(shard, model);
    if (counts == null) {
      metrics.increment(IndexMetric.REFUSED_MODELS);
      return;
    }
    counts.since(origin.timeMs());
    metrics.add(IndexMetric.REFUSED_TOUCHES, counts.touch(batch, origin.timeMs()));
    positions.committed(shard, counts, batch, origin);
    changes++;
    knownSinceMs = knownSinceMs == 0 ? origin.timeMs() : Math.min(knownSinceMs, origin.timeMs());
    metrics.increment(IndexMetric.COMMITTED_RECORDS);
    metrics.add(IndexMetric.COMMITTED_POSITIONS, batch.positions);
    publishLevels();
  }

  /// Takes a live frame into the overlay.
  ///
  /// @return false if the tenant has no topics or the model's counts pass the limit: a frame alone
  ///   never makes a shard
  public boolean live(String tenant, KnownModel model, PositionBatch batch, long nowMs) {
    TenantShard shard = shards.get(tenant);
    ModelCounts counts = shard == null ? null : modelStore.counts(shard, model);
    if (counts == null) {
      return false;
    }
    positions.live(shard, counts, batch, nowMs);
    publishLevels();
    return true;
  }

  /// Drops live positions that waited too long for their record; returns how many requests had
  /// some.
  public int expireOverlay(long nowMs) {
    int expired = positions.expireOverlay(nowMs);
    publishLevels();
    return expired;
  }

  /// Applies a record of a tenant's rule log.
  public void ruleChange(String tenant, long offset, RuleChange change) {
    TenantShard shard = shards.computeIfAbsent(tenant, TenantShard::new);
    changes++;
    switch (change) {
      case ConceptPut put -> {
        if (shard.concepts.size() >= limits.concepts()
            && !shard.concepts.containsKey(put.concept())) {
          metrics.increment(IndexMetric.REFUSED_CONCEPTS);
        } else {
          shard.concepts.put(
              put.concept(), new Concept(put.concept(), put.model(), put.codes(), offset));
        }
      }
      case ConceptRemoved removed -> shard.concepts.remove(removed.concept());
      case RulePut _, RuleRemoved _, RuleChange.MonitorPut _, RuleChange.MonitorRemoved _ -> {
        // Rules and monitors themselves are the workers' business.
      }
    }
  }

  /// Everything up to an offset of a tenant's topic has been applied.
  public void progress(String tenant, String topic, int partition, long nextOffset) {
    TenantShard shard = shards.computeIfAbsent(tenant, TenantShard::new);
    setOffset(shard.progress, topic, partition, nextOffset);
    readUpTo(tenant, topic, partition, nextOffset);
  }

  /// There is nothing more to read before an offset: behind the last record there may be marks of
  /// transactions, which are no records.
  public void readUpTo(String tenant, String topic, int partition, long nextOffset) {
    TenantShard shard = shards.computeIfAbsent(tenant, TenantShard::new);
    setOffset(shard.readUpTo, topic, partition, nextOffset);
  }

  private static void setOffset(
      Map<String, long[]> all, String topic, int partition, long nextOffset) {
    long[] offsets = all.computeIfAbsent(topic, _ -> new long[0]);
    if (offsets.length <= partition) {
      offsets = Arrays.copyOf(offsets, partition + 1);
      all.put(topic, offsets);
    }
    offsets[partition] = nextOffset;
  }

  /// A tenant's topic is there under an id that no other topic ever has.
  public void topicSeen(String tenant, String topic, String id) {
    shards.computeIfAbsent(tenant, TenantShard::new).topicIds.put(topic, id);
  }

  /// The topics from which this index was made, and how far they were read.
  public List<ReadTopic> readTopics() {
    List<ReadTopic> all = new ArrayList<>();
    for (TenantShard shard : shards.values()) {
      shard.topicIds.forEach(
          (topic, id) ->
              all.add(
                  new ReadTopic(
                      topic, id, shard.readUpTo.getOrDefault(topic, new long[0]).clone())));
    }
    return all;
  }

  /// How far a topic was read.
  ///
  /// @param id of the topic; another one of the same name has another id
  /// @param next offset after what was read, by partition
  public record ReadTopic(String topic, String id, long[] next) {}

  /// Every record that was committed at the start has been applied.
  public void caughtUp() {
    caughtUp = true;
  }

  public boolean isCaughtUp() {
    return caughtUp;
  }

  /// Broker time of the oldest record counted, or 0.
  public long knownSinceMs() {
    return knownSinceMs;
  }

  public int tenants() {
    return shards.size();
  }

  /// Bytes that the index may take at most, by its limits.
  public long memoryLimitBytes() {
    return limits.countsBytes() + positions.bytesLimit();
  }

  private void publishLevels() {
    metrics.set(IndexMetric.MEMORY_BYTES, modelStore.bytes() + positions.bytes());
  }

  TenantShard shard(String tenant) {
    return shards.get(tenant);
  }

  KnownModel knownModel(String name) {
    return models.get(name);
  }

  PositionStore positions() {
    return positions;
  }

  Map<String, KnownModel> models() {
    return models;
  }

  Map<String, TenantShard> shards() {
    return shards;
  }

  ModelStore modelStore() {
    return modelStore;
  }

  IndexLimits limits() {
    return limits;
  }

  void knownSince(long timeMs) {
    knownSinceMs = timeMs;
  }
}
