package dev.steerage.statistics.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.statistics.StatisticsAnswer;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsException;
import dev.steerage.statistics.StatisticsMetrics;
import dev.steerage.statistics.StatisticsQueries;
import dev.steerage.statistics.window.LiveStatistics;
import dev.steerage.statistics.window.PartitionCounts;
import dev.steerage.statistics.window.StateBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;

/// The running topology. Queries may come from any thread.
public final class StatisticsStreams implements StatisticsQueries, AutoCloseable {
  private final RunningTopology topology;
  private final KafkaStreams streams;
  private final KafkaTenantTopics tenants;
  private final int apiPort;

  private StatisticsStreams(RunningTopology topology, KafkaTenantTopics tenants, int apiPort) {
    this.topology = topology;
    this.streams = topology.streams();
    this.tenants = tenants;
    this.apiPort = apiPort;
  }

  /// Starts the topology; returns when it runs and counts are restored.
  ///
  /// @param apiPort of this instance's API, told to the other instances
  /// @throws StatisticsException if the cluster has no input or the start fails
  public static StatisticsStreams start(
      StatisticsConfig config, StatisticsMetrics metrics, int apiPort) {
    Map<String, Object> client = new HashMap<>(config.client());
    client.put("bootstrap.servers", config.bootstrap());
    KafkaTenantTopics tenants = new KafkaTenantTopics(Admin.create(client));
    try {
      tenants.checkInput();
      StateBudget budget = new StateBudget(config.stateBytesMax());
      metrics.gauge("state_bytes", "Bytes of counts held.", budget::usedBytes);
      metrics.gauge("state_limit_bytes", "Bytes of counts held at most.", budget::maxBytes);
      RunningTopology topology =
          new RunningTopology(
              "statistics",
              new KafkaStreams(
                  StatisticsTopology.build(config, metrics, budget, tenants),
                  StreamsSettings.of(config, apiPort)));
      StatisticsStreams started = new StatisticsStreams(topology, tenants, apiPort);
      metrics.gauge("ready", "1 while queries are answered.", () -> started.isReady() ? 1 : 0);
      metrics.gauge("thread_failures", "Stream threads replaced.", topology::threadFailures);
      topology.start();
      topology.awaitRunning();
      return started;
    } catch (RuntimeException e) {
      tenants.close();
      throw e;
    }
  }

  @Override
  public StatisticsAnswer window(TenantId tenant, String model, String site, long windowMs) {
    return answer(counts -> counts.find(tenant, model, site, windowMs).stream().toList());
  }

  @Override
  public StatisticsAnswer windows(TenantId tenant, String model, long windowMs) {
    return answer(counts -> counts.list(tenant, model, windowMs));
  }

  private StatisticsAnswer answer(Function<PartitionCounts, List<LiveStatistics>> query) {
    String before = state();
    if (!isReady()) {
      return new StatisticsAnswer.NotReady(before);
    }
    try {
      List<LiveStatistics> found =
          streams
              .store(StoreQueryParameters.fromNameAndType(CountStore.NAME, CountStores.TYPE))
              .counts()
              .stream()
              .flatMap(counts -> query.apply(counts).stream())
              .toList();
      // Partitions that moved away in between would be missing.
      if (!isReady()) {
        return new StatisticsAnswer.NotReady(state());
      }
      return found.isEmpty()
          ? new StatisticsAnswer.Unknown(elsewhere())
          : new StatisticsAnswer.Found(found);
    } catch (InvalidStateStoreException e) {
      return new StatisticsAnswer.NotReady(state());
    }
  }

  private List<String> elsewhere() {
    return streams.metadataForAllStreamsClients().stream()
        .map(client -> client.hostInfo())
        .filter(host -> host.port() > 0 && host.port() != apiPort)
        .map(StatisticsStreams::address)
        .toList();
  }

  private static String address(HostInfo host) {
    return "http://" + host.host() + ":" + host.port();
  }

  @Override
  public String state() {
    return streams.state().name();
  }

  /// Whether it stopped by itself, after failures.
  public boolean isOver() {
    return topology.isOver();
  }

  /// Commits what was counted and leaves the group, so that others take over at once.
  @Override
  public void close() {
    topology.close();
    tenants.close();
  }
}
