package dev.steerage.statistics.kafka;

import dev.steerage.schemas.topic.TopicSettings;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.MonitorMetrics;
import dev.steerage.statistics.TenantTopics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/// Monitors and what they watch in; alerts, edges and clock records out. An application of its own,
/// so that the flood of histograms is never in front of an edge. All names are durable.
public final class MonitorTopology {
  static final String MONITOR_SOURCE = "monitors";
  static final String OBSERVATION_SOURCE = "observations";

  private MonitorTopology() {}

  /// The graph with metrics of its own, for looking at it.
  public static Topology build() {
    return build(new MonitorMetrics(new PrometheusRegistry()), _ -> true);
  }

  /// The graph, without I/O.
  public static Topology build(MonitorMetrics metrics, TenantTopics tenants) {
    Topology topology = new Topology();
    source(topology, MONITOR_SOURCE, Topics.MONITORS.name());
    source(topology, OBSERVATION_SOURCE, Topics.OBSERVATIONS.name());
    topology.addProcessor(
        MonitorProcessor.NAME,
        () -> new MonitorProcessor(metrics, tenants),
        MONITOR_SOURCE,
        OBSERVATION_SOURCE);
    topology.addStateStore(store(MonitorProcessor.MONITORS), MonitorProcessor.NAME);
    topology.addStateStore(store(MonitorProcessor.STATES), MonitorProcessor.NAME);
    topology.addSink(
        MonitorProcessor.ALERT_SINK,
        Outgoing.Alerted.TOPIC,
        new StringSerializer(),
        Outgoing.Alerted.SERIALIZER,
        MonitorProcessor.NAME);
    topology.addSink(
        MonitorProcessor.EDGE_SINK,
        Topics.MONITOR_EDGES.name(),
        new StringSerializer(),
        Outgoing.Edge.SERIALIZER,
        MonitorProcessor.NAME);
    topology.addSink(
        MonitorProcessor.CLOCK_SINK,
        Topics.OBSERVATIONS.name(),
        new ByteArraySerializer(),
        Outgoing.Clock.SERIALIZER,
        Outgoing.Clock.PARTITIONER,
        MonitorProcessor.NAME);
    return topology;
  }

  private static void source(Topology topology, String name, String topic) {
    topology.addSource(
        AutoOffsetReset.earliest(),
        name,
        // A broken clock in a record must not stop the stream.
        (record, partitionTimeMs) ->
            record.timestamp() >= 0 ? record.timestamp() : Math.max(0, partitionTimeMs),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        topic);
  }

  /// On the heap and logged; the cache writes what changed between two commits once.
  private static StoreBuilder<KeyValueStore<String, byte[]>> store(String name) {
    Map<String, String> configuration = new HashMap<>(TopicSettings.compaction());
    configuration.put("max.message.bytes", Integer.toString(Topics.MAX_RECORD_BYTES));
    return Stores.keyValueStoreBuilder(
            Stores.inMemoryKeyValueStore(name), Serdes.String(), Serdes.ByteArray())
        .withCachingEnabled()
        .withLoggingEnabled(configuration);
  }
}
