package dev.steerage.statistics.kafka;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.message.Observation;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.MonitorMetrics;
import dev.steerage.statistics.TenantTopics;
import dev.steerage.statistics.monitor.Ended;
import dev.steerage.statistics.monitor.Glimpse;
import dev.steerage.statistics.monitor.MonitorSink;
import dev.steerage.statistics.monitor.PartitionMonitors;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Evaluates the monitors of one partition. One per task, called by its stream thread alone.
final class MonitorProcessor implements Processor<byte[], byte[], Object, Outgoing>, MonitorSink {
  static final String NAME = "evaluate-monitors";
  static final String MONITORS = "accepted-monitors";
  static final String STATES = "monitor-states";
  static final String ALERT_SINK = "alerts";
  static final String EDGE_SINK = "monitor-edges";
  static final String CLOCK_SINK = "observation-clock";

  private static final Logger LOG = LoggerFactory.getLogger(MonitorProcessor.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final long LAG_MAX_MS = 5_000;
  private static final long LAG_TOLD_EVERY_MS = 60_000;
  private static final byte[] NOTHING = {};
  private static final byte[] CLOCK_KEY = "clock".getBytes(StandardCharsets.UTF_8);

  private final MonitorMetrics metrics;
  private final TenantTopics tenants;
  private final ActivationsDecoder decoder = new ActivationsDecoder();
  private final Map<TenantId, Long> lagToldMs = new HashMap<>();
  private ProcessorContext<Object, Outgoing> context;
  private KeyValueStore<String, byte[]> monitors;
  private KeyValueStore<String, byte[]> states;
  private PartitionMonitors partition;
  private boolean idle = true;

  MonitorProcessor(MonitorMetrics metrics, TenantTopics tenants) {
    this.metrics = metrics;
    this.tenants = tenants;
  }

  @Override
  public void init(ProcessorContext<Object, Outgoing> processorContext) {
    context = processorContext;
    monitors = context.getStateStore(MONITORS);
    states = context.getStateStore(STATES);
    partition = new PartitionMonitors(this);
    each(monitors, (key, value) -> accept(key, value, partition::restore));
    each(states, partition::restoreState);
    context.schedule(LOOK_EVERY, PunctuationType.WALL_CLOCK_TIME, this::look);
  }

  /// A pair of a store.
  private interface Pair {
    void take(String key, byte[] value);
  }

  /// A monitor that can be read.
  private interface Accepted {
    void take(TenantId tenant, Monitor monitor);
  }

  private static void each(KeyValueStore<String, byte[]> store, Pair sink) {
    try (KeyValueIterator<String, byte[]> all = store.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> pair = all.next();
        if (!pair.key.equals(Topics.ERASURE)) {
          sink.take(pair.key, pair.value);
        }
      }
    }
  }

  private void accept(String key, byte[] value, Accepted sink) {
    Optional<TenantId> tenant = tenant(key.substring(0, Math.max(0, key.indexOf('/'))));
    switch (Topics.MONITORS.value().decode(value)) {
      case Decoded.Ok<Monitor> ok when tenant.isPresent() -> sink.take(tenant.get(), ok.get());
      case Decoded.Ok<Monitor> _ -> metrics.rejected();
      case Decoded.Bad<Monitor> bad -> {
        // Workers wrote it, so a newer one did; who reads it is updated next.
        metrics.rejected();
        LOG.atWarn().addKeyValue("key", key).addKeyValue("why", bad.detail()).log("no monitor");
      }
    }
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    boolean isMonitor =
        context
            .recordMetadata()
            .map(RecordMetadata::topic)
            .filter(Topics.MONITORS.name()::equals)
            .isPresent();
    if (isMonitor) {
      monitor(record);
    } else {
      observation(record);
    }
  }

  private void monitor(Record<byte[], byte[]> record) {
    String key = text(record.key());
    if (key.equals(Topics.ERASURE)) {
      return;
    }
    Optional<TenantId> tenant = tenant(key.substring(0, Math.max(0, key.indexOf('/'))));
    if (tenant.isEmpty()) {
      metrics.rejected();
    } else if (record.value() == null) {
      monitors.delete(key);
      partition.remove(tenant.get(), key.substring(key.indexOf('/') + 1), record.timestamp());
    } else {
      accept(
          key,
          record.value(),
          (owner, monitor) -> {
            monitors.put(key, record.value());
            partition.put(owner, monitor, record.timestamp());
          });
    }
  }

  private void observation(Record<byte[], byte[]> record) {
    idle = false;
    partition.advance(record.timestamp());
    String key = text(record.key());
    if (key.startsWith(Topics.ERASURE)) {
      Topics.erased(key).ifPresent(this::erase);
      closeSegments();
      return;
    }
    Optional<TenantId> tenant = tenant(key);
    if (record.value() == null || tenant.isEmpty() || !partition.watches(tenant.get())) {
      return;
    }
    Map<String, String> headers = headers(record);
    if (record.value().length == 0) {
      Optional.ofNullable(headers.get(Observation.FINISHED))
          .ifPresent(request -> partition.finished(tenant.get(), ended(request, true, headers)));
      Optional.ofNullable(headers.get(Observation.SCORED))
          .ifPresent(request -> partition.finished(tenant.get(), ended(request, false, headers)));
      return;
    }
    if (decoder.wrap(record.value()).isPresent()) {
      metrics.rejected();
      return;
    }
    partition.see(
        tenant.get(),
        new Glimpse(
            decoder.model(),
            decoder.request(),
            Optional.ofNullable(headers.get(Observation.SESSION)),
            labels(headers),
            decoder,
            partition.nowMs()));
    lag(tenant.get(), record.timestamp());
  }

  /// A tenant is being deleted: nobody is there to be told.
  private void erase(TenantId tenant) {
    for (String monitor : partition.forget(tenant)) {
      monitors.delete(Topics.monitorKey(tenant, monitor));
    }
    lagToldMs.remove(tenant);
    tenants.forget(tenant);
  }

  /// Each changelog gets a record: it is compacted up to its open segment only, and a record closes
  /// that when it is old enough.
  private void closeSegments() {
    monitors.put(Topics.ERASURE, NOTHING);
    states.put(Topics.ERASURE, NOTHING);
  }

  private void lag(TenantId tenant, long timestampMs) {
    long now = context.currentSystemTimeMs();
    long lagMs = Math.max(0, now - timestampMs);
    metrics.observed(lagMs / 1_000.0);
    if (lagMs > LAG_MAX_MS
        && now - lagToldMs.getOrDefault(tenant, -LAG_TOLD_EVERY_MS) >= LAG_TOLD_EVERY_MS) {
      lagToldMs.put(tenant, now);
      alert(
          tenant,
          new Alert(
              "monitor-lag/" + context.taskId() + "/" + now,
              "monitor-lag",
              "warning",
              "monitors are behind: their edges come late, tokens do not",
              now,
              Map.of("lagMs", Long.toString(lagMs), "limitMs", Long.toString(LAG_MAX_MS))));
    }
  }

  private static Ended ended(String request, boolean isEnd, Map<String, String> headers) {
    String acted = headers.getOrDefault(Observation.ACTED, "");
    String alerts = headers.getOrDefault(Observation.ALERTS, "0");
    return new Ended(
        headers.getOrDefault(Observation.MODEL, ""),
        request,
        Optional.ofNullable(headers.get(Observation.SESSION)),
        labels(headers),
        "stop".equals(headers.get(Observation.REASON)),
        acted.isEmpty() ? Set.of() : new HashSet<>(List.of(acted.split(","))),
        alerts.matches("[0-9]{1,9}") ? Integer.parseInt(alerts) : 0,
        isEnd,
        part(headers, Observation.PAIR),
        part(headers, Observation.LOSS));
  }

  /// Two numbers with a slash between.
  private static Optional<Ended.Part> part(Map<String, String> headers, String name) {
    String said = headers.getOrDefault(name, "");
    if (!said.matches("[0-9]{1,17}/[0-9]{1,17}")) {
      return Optional.empty();
    }
    int slash = said.indexOf('/');
    return Optional.of(
        new Ended.Part(
            Long.parseLong(said.substring(0, slash)), Long.parseLong(said.substring(slash + 1))));
  }

  private static Map<String, String> headers(Record<byte[], byte[]> record) {
    Map<String, String> headers = new HashMap<>();
    for (Header header : record.headers()) {
      headers.put(header.key(), text(header.value()));
    }
    return headers;
  }

  private static Map<String, String> labels(Map<String, String> headers) {
    Map<String, String> labels = new HashMap<>();
    headers.forEach(
        (name, value) -> {
          if (name.startsWith(Observation.LABEL_PREFIX)) {
            labels.put(name.substring(Observation.LABEL_PREFIX.length()), value);
          }
        });
    return labels;
  }

  /// Asks the broker for the time when windows are due and no record brings it.
  private void look(long wallClockMs) {
    metrics.size(context.taskId().partition(), partition.monitors(), partition.scopes());
    if (idle && partition.dueMs() <= wallClockMs) {
      context.forward(
          new Record<>(
              CLOCK_KEY,
              new Outgoing.Clock(context.taskId().partition()),
              wallClockMs,
              new RecordHeaders()),
          CLOCK_SINK);
    }
    idle = true;
  }

  @Override
  public void alert(TenantId tenant, Alert alert) {
    if (tenants.exist(tenant)) {
      metrics.alerted();
      context.forward(
          new Record<>(
              alert.subject(),
              new Outgoing.Alerted(tenant, alert),
              alert.atMs(),
              new RecordHeaders()),
          ALERT_SINK);
      // The commit interval would be the longest part of the way to the rule.
      context.commit();
    }
  }

  @Override
  public void change(TenantId tenant, String monitor, String edge, long atMs, RuleChange change) {
    context.forward(
        new Record<>(
            Topics.monitorKey(tenant, monitor),
            new Outgoing.Edge(new MonitorEdge(tenant.name(), edge, atMs, change)),
            atMs,
            new RecordHeaders()),
        EDGE_SINK);
    context.commit();
  }

  @Override
  public void keep(String key, byte[] value) {
    if (value == null) {
      states.delete(key);
    } else {
      states.put(key, value);
    }
  }

  private static Optional<TenantId> tenant(String name) {
    try {
      return Optional.of(new TenantId(name));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
  }
}
