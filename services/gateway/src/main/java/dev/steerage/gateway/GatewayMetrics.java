package dev.steerage.gateway;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Set;

/// Every metric of the gateway. Labels come from closed sets: routes as templates, never ids.
public final class GatewayMetrics {
  private static final String PREFIX = "steerage_gateway_";
  private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "DELETE");
  private static final double[] SECONDS = {.001, .003, .01, .03, .1, .3, 1, 3, 10, 30};
  private static final double NS_PER_S = 1e9;

  private final PrometheusRegistry registry;
  private final Counter requests;
  private final Histogram requestSeconds;
  private final Histogram firstTokenSeconds;
  private final Counter foreign;
  private final Counter atLimit;
  private final Gauge streams;
  private final Gauge generations;
  private final Counter records;
  private final Counter unreadable;
  private final Gauge ringBytes;
  private final Counter overruns;
  private final Counter catchUps;
  private final Histogram catchUpWaitSeconds;
  private final Counter cutOff;
  private final Counter tailFailures;

  public GatewayMetrics(PrometheusRegistry registry) {
    this.registry = registry;
    requests =
        counter("requests", "Requests answered, by route and status.", "route", "method", "status");
    requestSeconds = histogram("request_seconds", "Time until the answer was written.", "route");
    firstTokenSeconds =
        histogram("first_token_seconds", "From the request to its first token.", "route");
    foreign = counter("foreign_origins", "Requests refused for their Host or Origin.");
    atLimit = counter("limits_hit", "Requests refused at a limit of their tenant.", "limit");
    streams = gauge("open_streams", "Event streams that are open.");
    generations = gauge("waiting_generations", "Requests that a caller waits for.");
    records = counter("tail_records", "Records read once for all readers.", "topic");
    unreadable = counter("tail_unreadable_records", "Records that could not be read.", "topic");
    ringBytes = gauge("ring_bytes", "Recent records in memory.", "topic");
    overruns = counter("reader_overruns", "Readers that fell behind and read from Kafka again.");
    catchUps = counter("catch_up_reads", "Reads of old records for one reader.");
    catchUpWaitSeconds =
        histogram("catch_up_wait_seconds", "Wait for a place among the catch-up readers.");
    cutOff = counter("readers_cut_off", "Streams that ended because their reader went or hung.");
    tailFailures = counter("tail_failures", "Times that reading from Kafka failed and began anew.");
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(PREFIX + name).help(help).labelNames(labels).register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder().name(PREFIX + name).help(help).labelNames(labels).register(registry);
  }

  private Histogram histogram(String name, String help, String... labels) {
    return Histogram.builder()
        .name(PREFIX + name)
        .help(help)
        .labelNames(labels)
        .classicOnly()
        .classicUpperBounds(SECONDS)
        .register(registry);
  }

  /// Where all of them are.
  public PrometheusRegistry registry() {
    return registry;
  }

  public void answered(String route, String method, int status, long ns) {
    String known = METHODS.contains(method) ? method : "other";
    requests.labelValues(route, known, Integer.toString(status)).inc();
    requestSeconds.labelValues(route).observe(ns / NS_PER_S);
  }

  public void firstToken(String route, long ns) {
    firstTokenSeconds.labelValues(route).observe(ns / NS_PER_S);
  }

  public void foreign() {
    foreign.inc();
  }

  public void atLimit(String limit) {
    atLimit.labelValues(limit).inc();
  }

  public void streamOpened() {
    streams.inc();
  }

  public void streamClosed() {
    streams.dec();
  }

  public void generations(int change) {
    generations.inc(change);
  }

  public void records(String topic, int count) {
    records.labelValues(topic).inc(count);
  }

  public void unreadable(String topic) {
    unreadable.labelValues(topic).inc();
  }

  public void ringBytes(String topic, long change) {
    ringBytes.labelValues(topic).inc(change);
  }

  public void overrun() {
    overruns.inc();
  }

  public void catchUp(long waitedNs) {
    catchUps.inc();
    catchUpWaitSeconds.observe(waitedNs / NS_PER_S);
  }

  public void cutOff() {
    cutOff.inc();
  }

  public void tailFailed() {
    tailFailures.inc();
  }
}
