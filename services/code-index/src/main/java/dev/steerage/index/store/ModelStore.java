package dev.steerage.index.store;

import java.util.Set;

/// The counts of all tenants' models, within a limit of bytes; the ones that fired longest ago go.
final class ModelStore {
  private final IndexLimits limits;
  private final IndexMetrics metrics;
  private final PositionStore positions;
  private final Set<ModelCounts> all;
  private long bytes;
  private long clock;

  /// @param all every model's counts, kept by this store
  ModelStore(
      IndexLimits limits, IndexMetrics metrics, PositionStore positions, Set<ModelCounts> all) {
    this.all = all;
    this.limits = limits;
    this.metrics = metrics;
    this.positions = positions;
  }

  long bytes() {
    return bytes;
  }

  /// The counts of a tenant's model, marked as used; null if they alone pass the limit.
  ModelCounts counts(TenantShard shard, KnownModel model) {
    ModelCounts counts = shard.models.get(model.name());
    if (counts == null) {
      counts = create(shard, model);
    }
    if (counts != null) {
      counts.lastFiring = ++clock;
    }
    return counts;
  }

  private ModelCounts create(TenantShard shard, KnownModel model) {
    int tokensPerCode = limits.tokensPerCode();
    if (ModelCounts.bytes(model, limits, tokensPerCode) > limits.countsBytes()) {
      // Counts come before the tokens that codes fired on.
      tokensPerCode = 0;
    }
    long needed = ModelCounts.bytes(model, limits, tokensPerCode);
    if (needed > limits.countsBytes()) {
      return null;
    }
    while (bytes + needed > limits.countsBytes()) {
      forget(leastRecent());
      metrics.increment(IndexMetric.EVICTED_MODELS);
    }
    ModelCounts counts = new ModelCounts(shard, model, limits, tokensPerCode);
    bytes += needed;
    all.add(counts);
    shard.models.put(model.name(), counts);
    return counts;
  }

  long clock() {
    return clock;
  }

  void clock(long value) {
    clock = value;
  }

  /// The counts of a snapshot, which was within the same limits.
  ModelCounts restore(TenantShard shard, KnownModel model, int tokensPerCode) {
    ModelCounts counts = new ModelCounts(shard, model, limits, tokensPerCode);
    bytes += counts.reservedBytes;
    all.add(counts);
    shard.models.put(model.name(), counts);
    return counts;
  }

  private ModelCounts leastRecent() {
    ModelCounts least = null;
    for (ModelCounts counts : all) {
      if (least == null || counts.lastFiring < least.lastFiring) {
        least = counts;
      }
    }
    assert least != null : "reserved bytes without counts";
    return least;
  }

  /// Forgets counts and everything that leads to them.
  void forget(ModelCounts counts) {
    positions.forget(counts);
    counts.shard.models.remove(counts.model.name());
    all.remove(counts);
    bytes -= counts.reservedBytes;
  }
}
