package dev.steerage.statistics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// Every metric of monitors. Labels come from closed sets.
public final class MonitorMetrics {
  private static final String PREFIX = "steering_monitors_";

  private final Counter observations;
  private final Counter rejected;
  private final Counter alerts;
  private final Counter published;
  private final Counter repeated;
  private final Counter unpublished;
  private final Gauge lagSeconds;
  private final Gauge monitors;
  private final Gauge scopes;
  private final Histogram publishSeconds;

  public MonitorMetrics(PrometheusRegistry registry) {
    observations = counter(registry, "observations_total", "Records of watched codes seen.");
    rejected = counter(registry, "rejected_total", "Records that could not be read.");
    alerts = counter(registry, "alerts_total", "Alerts written.");
    published = counter(registry, "published_total", "Rule changes written to rule logs.");
    repeated =
        counter(registry, "repeated_total", "Rule changes that were in the log after a restart.");
    unpublished =
        counter(registry, "unpublished_total", "Rule changes of tenants without a rule log.");
    lagSeconds =
        gauge(registry, "lag_seconds", "Age of the newest observation when it was evaluated.");
    monitors = byPartition(registry, "active", "Monitors that are evaluated here.");
    scopes =
        byPartition(registry, "scopes", "Requests, sessions, labels and tenants with windows.");
    publishSeconds =
        Histogram.builder()
            .name(PREFIX + "publish_seconds")
            .help("From the time of an edge to its rule change in the log.")
            .register(registry);
  }

  private static Counter counter(PrometheusRegistry registry, String name, String help) {
    return Counter.builder().name(PREFIX + name).help(help).register(registry);
  }

  private static Gauge gauge(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder().name(PREFIX + name).help(help).register(registry);
  }

  private static Gauge byPartition(PrometheusRegistry registry, String name, String help) {
    return Gauge.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames("partition")
        .register(registry);
  }

  public void observed(double ageSeconds) {
    observations.inc();
    lagSeconds.set(ageSeconds);
  }

  public void rejected() {
    rejected.inc();
  }

  public void alerted() {
    alerts.inc();
  }

  /// What one partition holds; labels are the few partitions.
  public void size(int partition, long activeMonitors, long activeScopes) {
    String label = Integer.toString(partition);
    monitors.labelValues(label).set(activeMonitors);
    scopes.labelValues(label).set(activeScopes);
  }

  public void published(double seconds) {
    published.inc();
    publishSeconds.observe(seconds);
  }

  public void repeated() {
    repeated.inc();
  }

  public void unpublished() {
    unpublished.inc();
  }

  /// Sums since the start, for tests.
  public long publishedChanges() {
    return published.getLongValue();
  }

  public long repeatedChanges() {
    return repeated.getLongValue();
  }

  public long rejectedRecords() {
    return rejected.getLongValue();
  }
}
