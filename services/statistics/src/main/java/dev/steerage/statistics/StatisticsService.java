package dev.steerage.statistics;

import dev.steerage.statistics.http.StatisticsApi;
import dev.steerage.statistics.kafka.MonitorStreams;
import dev.steerage.statistics.kafka.StatisticsStreams;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// Statistics as they run: the topologies of counts and of monitors, and the API beside them.
/// Thread-safe.
public final class StatisticsService implements AutoCloseable {
  private final StatisticsStreams streams;
  private final MonitorStreams monitors;
  private final StatisticsApi api;
  private final StatisticsMetrics metrics;

  private StatisticsService(
      StatisticsStreams streams,
      MonitorStreams monitors,
      StatisticsApi api,
      StatisticsMetrics metrics) {
    this.streams = streams;
    this.monitors = monitors;
    this.api = api;
    this.metrics = metrics;
  }

  /// Starts the API and the topology; returns when counts are restored and queries are answered.
  ///
  /// @throws StatisticsException saying what to change
  public static StatisticsService start(StatisticsConfig config) {
    StatisticsMetrics metrics = new StatisticsMetrics(new PrometheusRegistry());
    AtomicReference<StatisticsQueries> running = new AtomicReference<>();
    // First, so that whoever asks meanwhile is told to wait.
    StatisticsApi api =
        StatisticsApi.start(config, metrics, () -> Optional.ofNullable(running.get()));
    try {
      return start(config, api, metrics, running);
    } catch (RuntimeException e) {
      api.close();
      throw e;
    }
  }

  private static StatisticsService start(
      StatisticsConfig config,
      StatisticsApi api,
      StatisticsMetrics metrics,
      AtomicReference<StatisticsQueries> running) {
    // They start beside each other.
    MonitorStreams monitors = MonitorStreams.start(config, new MonitorMetrics(metrics.registry()));
    try {
      StatisticsStreams streams = StatisticsStreams.start(config, metrics, api.port());
      running.set(streams);
      monitors.awaitRunning();
      return new StatisticsService(streams, monitors, api, metrics);
    } catch (RuntimeException e) {
      monitors.close();
      throw e;
    }
  }

  /// Live windows, as the API answers them.
  public StatisticsQueries queries() {
    return streams;
  }

  /// Where the API listens, on the loopback address.
  public int apiPort() {
    return api.port();
  }

  /// `http://127.0.0.1:port`.
  public String apiAddress() {
    return "http://127.0.0.1:" + api.port();
  }

  public StatisticsMetrics metrics() {
    return metrics;
  }

  /// Whether it stopped by itself, after failures that a restart of the process may cure.
  public boolean isOver() {
    return streams.isOver() || monitors.isOver();
  }

  /// Commits what was counted, leaves the group and stops answering.
  @Override
  public void close() {
    api.close();
    monitors.close();
    streams.close();
  }
}
