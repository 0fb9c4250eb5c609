package dev.steerage.statistics.kafka;

import dev.steerage.statistics.MonitorMetrics;
import dev.steerage.statistics.StatisticsConfig;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;

/// Monitors as they run: the topology, and the publisher of what edges ask for.
public final class MonitorStreams implements AutoCloseable {
  private static final long CACHE_BYTES = 16L << 20;

  private final RunningTopology topology;
  private final EdgePublisher publisher;
  private final KafkaTenantTopics tenants;

  private MonitorStreams(
      RunningTopology topology, EdgePublisher publisher, KafkaTenantTopics tenants) {
    this.topology = topology;
    this.publisher = publisher;
    this.tenants = tenants;
  }

  /// Starts; [#awaitRunning] returns when it runs.
  public static MonitorStreams start(StatisticsConfig config, MonitorMetrics metrics) {
    Map<String, Object> client = new HashMap<>(config.client());
    client.put("bootstrap.servers", config.bootstrap());
    KafkaTenantTopics tenants = new KafkaTenantTopics(Admin.create(client));
    try {
      RunningTopology topology =
          new RunningTopology(
              "monitors",
              new KafkaStreams(MonitorTopology.build(metrics, tenants), settings(config)));
      EdgePublisher publisher = new EdgePublisher(config, tenants, metrics);
      topology.start();
      publisher.start();
      return new MonitorStreams(topology, publisher, tenants);
    } catch (RuntimeException e) {
      tenants.close();
      throw e;
    }
  }

  static Properties settings(StatisticsConfig config) {
    Properties properties = StreamsSettings.of(config, 0);
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, config.applicationId() + "-monitors");
    properties.put(
        StreamsConfig.STATE_DIR_CONFIG, config.stateDir().resolve("monitors").toString());
    properties.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    return properties;
  }

  public void awaitRunning() {
    topology.awaitRunning();
  }

  /// Whether it stopped by itself, after failures.
  public boolean isOver() {
    return topology.isOver() || publisher.isOver();
  }

  @Override
  public void close() {
    topology.close();
    publisher.close();
    tenants.close();
  }
}
