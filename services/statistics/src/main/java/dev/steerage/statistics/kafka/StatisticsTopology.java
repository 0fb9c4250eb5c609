package dev.steerage.statistics.kafka;

import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsMetrics;
import dev.steerage.statistics.TenantTopics;
import dev.steerage.statistics.window.PartitionCounts;
import dev.steerage.statistics.window.StateBudget;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;

/// Histograms in; statistics, dead letters and clock records out; one store between.
///
/// All names are durable: the changelog's name comes from the store's.
public final class StatisticsTopology {
  static final String SOURCE = "histograms";

  private StatisticsTopology() {}

  /// The graph with metrics of its own, for looking at it and for tests.
  public static Topology build(StatisticsConfig config) {
    return build(
        config,
        new StatisticsMetrics(new PrometheusRegistry()),
        new StateBudget(config.stateBytesMax()),
        _ -> true);
  }

  /// The graph, without I/O: the service and the test driver run the same one.
  ///
  /// @param budget bytes that all stores of this process may hold together
  public static Topology build(
      StatisticsConfig config,
      StatisticsMetrics metrics,
      StateBudget budget,
      TenantTopics tenants) {
    Topology topology = new Topology();
    topology.addSource(
        AutoOffsetReset.earliest(),
        SOURCE,
        // A broken clock in a record must not stop the stream either.
        (record, partitionTimeMs) ->
            record.timestamp() >= 0 ? record.timestamp() : Math.max(0, partitionTimeMs),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        Topics.HISTOGRAMS.name());
    topology.addProcessor(
        HistogramProcessor.NAME, () -> new HistogramProcessor(config, metrics, tenants), SOURCE);
    topology.addStateStore(
        new CountStoreBuilder(
            () ->
                new CountStore(
                    new PartitionCounts(config.windows(), budget, config.topCodes()), metrics)),
        HistogramProcessor.NAME);
    topology.addSink(
        HistogramProcessor.STATISTICS_SINK,
        Outgoing.Statistics.TOPIC,
        new StringSerializer(),
        Outgoing.Statistics.SERIALIZER,
        HistogramProcessor.NAME);
    topology.addSink(
        HistogramProcessor.DEAD_LETTER_SINK,
        Outgoing.Rejected.TOPIC,
        new ByteArraySerializer(),
        Outgoing.Rejected.SERIALIZER,
        HistogramProcessor.NAME);
    topology.addSink(
        HistogramProcessor.CLOCK_SINK,
        Topics.HISTOGRAMS.name(),
        new ByteArraySerializer(),
        Outgoing.Clock.SERIALIZER,
        Outgoing.Clock.PARTITIONER,
        HistogramProcessor.NAME);
    return topology;
  }
}
