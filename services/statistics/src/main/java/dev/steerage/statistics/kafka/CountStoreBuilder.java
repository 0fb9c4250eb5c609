package dev.steerage.statistics.kafka;

import dev.steerage.schemas.topic.TopicSettings;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.streams.state.StoreBuilder;

/// Makes one store for each task, always logged, never cached by Kafka Streams.
final class CountStoreBuilder implements StoreBuilder<CountStore> {
  private static final int SEGMENT_BYTES = 32 << 20;
  private static final int RECORD_BYTES = 2 << 20;

  private final Supplier<CountStore> stores;

  CountStoreBuilder(Supplier<CountStore> stores) {
    this.stores = stores;
  }

  @Override
  public StoreBuilder<CountStore> withCachingEnabled() {
    return this;
  }

  @Override
  public StoreBuilder<CountStore> withCachingDisabled() {
    return this;
  }

  @Override
  public StoreBuilder<CountStore> withLoggingEnabled(Map<String, String> config) {
    return this;
  }

  @Override
  public StoreBuilder<CountStore> withLoggingDisabled() {
    throw new UnsupportedOperationException("store=" + CountStore.NAME + " is always logged");
  }

  @Override
  public CountStore build() {
    return stores.get();
  }

  /// Compacted only: keys return as the ring of panes goes round, so nothing depends on how long
  /// the service was down. Small segments, because compaction leaves the newest one alone.
  @Override
  public Map<String, String> logConfig() {
    Map<String, String> configuration = new HashMap<>(TopicSettings.compaction());
    configuration.put("cleanup.policy", "compact");
    configuration.put("segment.bytes", Integer.toString(SEGMENT_BYTES));
    configuration.put("max.message.bytes", Integer.toString(RECORD_BYTES));
    return configuration;
  }

  @Override
  public boolean loggingEnabled() {
    return true;
  }

  @Override
  public String name() {
    return CountStore.NAME;
  }
}
