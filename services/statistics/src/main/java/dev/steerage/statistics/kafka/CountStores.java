package dev.steerage.statistics.kafka;

import dev.steerage.statistics.window.PartitionCounts;
import java.util.List;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.state.QueryableStoreType;
import org.apache.kafka.streams.state.internals.StateStoreProvider;

/// The counts of every partition that this process is in charge of.
record CountStores(List<PartitionCounts> counts) {
  /// How Kafka Streams hands them out.
  static final QueryableStoreType<CountStores> TYPE = new Type();

  /// The stores of all active tasks as one.
  private static final class Type implements QueryableStoreType<CountStores> {
    @Override
    public boolean accepts(StateStore store) {
      return store instanceof CountStore;
    }

    @Override
    public CountStores create(StateStoreProvider provider, String name) {
      return new CountStores(
          provider.stores(name, new OfTask()).stream().map(CountStore::counts).toList());
    }
  }

  /// The store of one task.
  private static final class OfTask implements QueryableStoreType<CountStore> {
    @Override
    public boolean accepts(StateStore store) {
      return store instanceof CountStore;
    }

    @Override
    public CountStore create(StateStoreProvider provider, String name) {
      throw new UnsupportedOperationException("stores are taken as they are");
    }
  }
}
