package dev.steerage.statistics;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.DoubleSupplier;

/// Every metric of the service. Labels come from closed sets: never a tenant, site or code.
public final class StatisticsMetrics {
  private static final String PREFIX = "steering_statistics_";

  private final PrometheusRegistry registry;
  private final Counter records;
  private final Counter activations;
  private final Counter changelogBytes;
  private final Counter lateDropped;
  private final Counter rejected;
  private final Counter finals;
  private final Counter updates;
  private final Counter updatesDeferred;
  private final Counter unknownTenant;
  private final Counter clockRecords;

  public StatisticsMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    records = counter("records_total", "Histogram records counted.");
    activations = counter("activations_total", "Natural code activations counted.");
    changelogBytes = counter("changelog_bytes_total", "Bytes of keys and values logged.");
    lateDropped =
        counter(
            "late_dropped_total", "Records whose window was closed; 0 unless a clock went back.");
    rejected =
        Counter.builder()
            .name(PREFIX + "rejected_total")
            .help("Records that were not counted; a dead letter where the tenant is readable.")
            .labelNames("reason")
            .register(registry);
    finals = counter("windows_final_total", "Final statistics written, one per site and window.");
    updates = counter("windows_updated_total", "Statistics of open windows written.");
    updatesDeferred = counter("update_rounds_cut_total", "Rounds of updates that hit their limit.");
    unknownTenant =
        counter("unknown_tenant_total", "Outputs without a topic: the tenant is not provisioned.");
    clockRecords =
        counter("clock_records_total", "Records written to close windows of idle partitions.");
  }

  private Counter counter(String name, String help) {
    return Counter.builder().name(PREFIX + name).help(help).register(registry);
  }

  /// Shows a value that is read when somebody looks.
  public void gauge(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(PREFIX + name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  public PrometheusRegistry registry() {
    return registry;
  }

  public void counted(long recordActivations) {
    records.inc();
    activations.inc(recordActivations);
  }

  public void logged(int bytes) {
    changelogBytes.inc(bytes);
  }

  public void lateDropped() {
    lateDropped.inc();
  }

  /// @param reason word of a closed set
  public void rejected(String reason) {
    rejected.labelValues(reason).inc();
  }

  public void finalWritten() {
    finals.inc();
  }

  public void updateWritten() {
    updates.inc();
  }

  public void updatesCut() {
    updatesDeferred.inc();
  }

  public void unknownTenant() {
    unknownTenant.inc();
  }

  public void clockRecord() {
    clockRecords.inc();
  }

  /// Sums since the start, for the benchmark and for tests.
  public long activations() {
    return activations.getLongValue();
  }

  public long records() {
    return records.getLongValue();
  }

  public long changelogBytes() {
    return changelogBytes.getLongValue();
  }

  public long lateDroppedRecords() {
    return lateDropped.getLongValue();
  }

  public long rejectedRecords(String reason) {
    return rejected.labelValues(reason).getLongValue();
  }

  public long clockRecords() {
    return clockRecords.getLongValue();
  }
}
