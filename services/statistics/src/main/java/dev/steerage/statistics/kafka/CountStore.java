package dev.steerage.statistics.kafka;

import dev.steerage.statistics.StatisticsMetrics;
import dev.steerage.statistics.window.PartitionCounts;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.processor.internals.InternalProcessorContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/// Gives the counts of a partition to Kafka Streams as a logged store that lives on the heap.
///
/// Two internal types of Kafka Streams are used, and only here. `CachedStateStore`, because its
/// `flushCache` is the one call that a task makes **before** it commits (`commit` comes after):
/// what is written there is in the transaction of the offsets that it belongs to.
/// `InternalProcessorContext`, because its `logChange` is how a store writes its changelog.
final class CountStore implements StateStore, CachedStateStore<byte[], byte[]> {
  static final String NAME = "code-counts";

  private final PartitionCounts counts;
  private final StatisticsMetrics metrics;
  // Written by the stream thread, read by queries.
  private volatile boolean open;
  private volatile int partition = -1;

  CountStore(PartitionCounts counts, StatisticsMetrics metrics) {
    this.counts = counts;
    this.metrics = metrics;
  }

  PartitionCounts counts() {
    return counts;
  }

  int partition() {
    return partition;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    InternalProcessorContext<?, ?> internal = (InternalProcessorContext<?, ?>) context;
    partition = context.taskId().partition();
    counts.logTo((key, value) -> log(internal, key, value));
    context.register(root, counts::restore);
    open = true;
  }

  private void log(InternalProcessorContext<?, ?> context, byte[] key, byte[] value) {
    metrics.logged(key.length + (value == null ? 0 : value.length));
    context.logChange(
        NAME,
        Bytes.wrap(key),
        value,
        System.currentTimeMillis(),
        new RecordHeaders(),
        Position.emptyPosition());
  }

  @Override
  public void flushCache() {
    counts.flush();
  }

  /// A task that turns from active to standby or back keeps its store, and has committed before:
  /// nothing is cached that the changelog does not have.
  @Override
  public void clearCache() {}

  @Override
  public boolean setFlushListener(
      CacheFlushListener<byte[], byte[]> listener, boolean sendOldValues) {
    return false;
  }

  @Override
  public void close() {
    open = false;
    counts.clear();
  }

  /// Nothing on disk: after a crash the changelog is the only truth, so no leftover of an aborted
  /// transaction can survive in a state folder.
  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return open;
  }
}
