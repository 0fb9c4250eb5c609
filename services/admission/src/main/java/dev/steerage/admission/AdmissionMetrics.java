package dev.steerage.admission;

import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Refusal;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/// Every metric of the service. Labels come from closed sets: never a tenant or a request.
public final class AdmissionMetrics {
  private static final String PREFIX = "steering_admission_";

  private final Counter admitted;
  private final Counter refused;
  private final Counter repeated;
  private final Counter expired;
  private final Counter unanswered;
  private final Counter sessions;
  private final Gauge underWay;
  private final Gauge held;
  private final Gauge ids;
  private final Gauge forgotten;
  private final Histogram batch;
  private final Histogram commit;

  public AdmissionMetrics(PrometheusRegistry registry) {
    admitted = counter("admitted_total", "Prompts handed to workers.").register(registry);
    refused =
        counter("refused_total", "Prompts refused; each one is a dead letter.")
            .labelNames("reason")
            .register(registry);
    repeated = counter("repeated_total", "Prompts whose id was known.").register(registry);
    expired =
        counter("expired_total", "Prompts that waited until their deadline was past or too near.")
            .register(registry);
    underWay =
        Gauge.builder()
            .name(PREFIX + "under_way_requests")
            .help("Requests admitted and not finished.")
            .register(registry);
    held =
        Gauge.builder()
            .name(PREFIX + "paused_partitions")
            .help("Prompt partitions paused because their tenant has enough under way.")
            .register(registry);
    unanswered =
        counter("unanswered_total", "Records that a tenant's missing topic could not take.")
            .register(registry);
    sessions =
        counter("sessions_total", "Connections to the brokers; more than one: something failed.")
            .register(registry);
    ids =
        Gauge.builder()
            .name(PREFIX + "ids_remembered")
            .help("Request ids that a repetition would be recognised of.")
            .register(registry);
    forgotten =
        Gauge.builder()
            .name(PREFIX + "ids_forgotten")
            .help("Request ids forgotten before their time because a tenant had too many.")
            .register(registry);
    batch =
        Histogram.builder()
            .name(PREFIX + "batch_records")
            .help("Prompts of one transaction.")
            .classicUpperBounds(1, 2, 5, 10, 20, 50, 100, 200, 500)
            .register(registry);
    commit =
        Histogram.builder()
            .name(PREFIX + "transaction_seconds")
            .help("From the records of a batch to their committed outcome.")
            .classicUpperBounds(.001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 5)
            .register(registry);
  }

  private static Counter.Builder counter(String name, String help) {
    return Counter.builder().name(PREFIX + name).help(help);
  }

  public void admitted() {
    admitted.inc();
  }

  public void refused(Refusal reason) {
    refused.labelValues(Words.of(reason)).inc();
  }

  public void repeated() {
    repeated.inc();
  }

  public void expired() {
    expired.inc();
  }

  /// What is under way and what waits now.
  public void load(int requests, int pausedPartitions) {
    underWay.set(requests);
    held.set(pausedPartitions);
  }

  public void unanswered() {
    unanswered.inc();
  }

  public void sessionStarted() {
    sessions.inc();
  }

  /// The memory of ids as it is now.
  public void ids(int remembered, long forgottenEarly) {
    ids.set(remembered);
    forgotten.set(forgottenEarly);
  }

  /// A transaction was committed.
  public void committed(int records, long nanos) {
    batch.observe(records);
    commit.observe(nanos / 1e9);
  }
}
