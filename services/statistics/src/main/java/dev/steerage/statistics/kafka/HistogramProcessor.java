package dev.steerage.statistics.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.DeadLetter;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.sbe.Corrupt;
import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsMetrics;
import dev.steerage.statistics.TenantTopics;
import dev.steerage.statistics.window.PartitionCounts;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/// Counts histograms and hands statistics, dead letters and clock records to their sinks.
///
/// One per task, called by its stream thread alone.
final class HistogramProcessor implements Processor<byte[], byte[], Object, Outgoing> {
  static final String NAME = "count-codes";
  static final String STATISTICS_SINK = "code-statistics";
  static final String DEAD_LETTER_SINK = "dead-letters";
  static final String CLOCK_SINK = "clock";

  private static final byte[] CLOCK_KEY = "clock".getBytes(StandardCharsets.UTF_8);

  private final StatisticsConfig config;
  private final StatisticsMetrics metrics;
  private final TenantTopics tenants;
  private final HistogramDecoder decoder = new HistogramDecoder();
  private ProcessorContext<Object, Outgoing> context;
  private PartitionCounts counts;
  private boolean idle = true;

  HistogramProcessor(StatisticsConfig config, StatisticsMetrics metrics, TenantTopics tenants) {
    this.config = config;
    this.metrics = metrics;
    this.tenants = tenants;
  }

  @Override
  public void init(ProcessorContext<Object, Outgoing> processorContext) {
    context = processorContext;
    CountStore store = context.getStateStore(CountStore.NAME);
    counts = store.counts();
    // By the wall clock only: punctuation by stream time can hang a thread in this version.
    context.schedule(config.updateEvery(), PunctuationType.WALL_CLOCK_TIME, this::tick);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    long offset = context.recordMetadata().map(RecordMetadata::offset).orElse(-1L);
    idle = false;
    counts.advance(record.timestamp(), offset, this::emitFinal);
    if (Outgoing.Clock.isClock(record.value())) {
      Topics.erased(text(record.key()))
          .ifPresent(
              gone -> {
                counts.forget(gone);
                tenants.forget(gone);
              });
      return;
    }
    Optional<Corrupt> corrupt =
        record.value() == null
            ? Optional.of(new Corrupt("no value"))
            : decoder.wrap(record.value());
    if (corrupt.isPresent()) {
      reject(record, Refusal.CORRUPT, corrupt.get().reason());
      return;
    }
    switch (counts.count(text(record.key()), decoder, record.timestamp())) {
      case COUNTED -> metrics.counted(activations());
      case LATE -> {
        metrics.lateDropped();
        reject(record, Refusal.CORRUPT, "late: the window is closed");
      }
      case OVER_LIMIT ->
          reject(
              record,
              Refusal.OVER_LIMIT,
              "state: maxBytes="
                  + config.stateBytesMax()
                  + ", codes of a site at most "
                  + PartitionCounts.CODES_MAX);
      case WRONG_KEY -> reject(record, Refusal.CORRUPT, "key names another tenant, model or block");
    }
  }

  private long activations() {
    long activations = 0;
    for (int site = 0; site < decoder.sites(); site++) {
      activations += decoder.natural(site);
    }
    return activations;
  }

  private static String text(byte[] key) {
    return key == null ? "" : new String(key, StandardCharsets.UTF_8);
  }

  private void tick(long wallClockMs) {
    if (!counts.reportOpen(config.updatesPerRoundMax(), this::emitUpdate)) {
      metrics.updatesCut();
    }
    // Records of a busy partition tell the time themselves. Without any, ask the broker for it.
    if (idle && counts.dueMs() <= wallClockMs) {
      context.forward(
          new Record<>(
              CLOCK_KEY,
              new Outgoing.Clock(context.taskId().partition()),
              wallClockMs,
              new RecordHeaders()),
          CLOCK_SINK);
      metrics.clockRecord();
    }
    idle = true;
  }

  private void emitFinal(TenantId tenant, CodeStatistics statistics) {
    if (emit(tenant, statistics)) {
      metrics.finalWritten();
    }
  }

  private void emitUpdate(TenantId tenant, CodeStatistics statistics) {
    if (emit(tenant, statistics)) {
      metrics.updateWritten();
    }
  }

  private boolean emit(TenantId tenant, CodeStatistics statistics) {
    if (!tenants.exist(tenant)) {
      metrics.unknownTenant();
      return false;
    }
    String key =
        Topics.statisticsKey(
            statistics.model(),
            statistics.site(),
            statistics.windowMs(),
            statistics.windowStartMs());
    context.forward(
        new Record<>(
            key,
            new Outgoing.Statistics(tenant, statistics),
            statistics.windowStartMs(),
            new RecordHeaders()),
        STATISTICS_SINK);
    return true;
  }

  /// A bad record never stops the stream: its tenant gets it as a dead letter, or it is counted.
  private void reject(Record<byte[], byte[]> record, Refusal refusal, String detail) {
    metrics.rejected(Words.of(refusal));
    Optional<TenantId> tenant = tenantOf(text(record.key()));
    if (tenant.isEmpty() || !tenants.exist(tenant.get())) {
      metrics.unknownTenant();
      return;
    }
    Headers headers = new RecordHeaders();
    put(headers, DeadLetter.REASON, Words.of(refusal));
    put(headers, DeadLetter.DETAIL, detail);
    context
        .recordMetadata()
        .ifPresent(
            metadata -> {
              put(headers, DeadLetter.SOURCE_TOPIC, metadata.topic());
              put(headers, DeadLetter.SOURCE_PARTITION, Integer.toString(metadata.partition()));
              put(headers, DeadLetter.SOURCE_OFFSET, Long.toString(metadata.offset()));
            });
    put(headers, DeadLetter.ATTEMPT, "1");
    context.forward(
        new Record<>(
            record.key(),
            new Outgoing.Rejected(tenant.get(), record.value()),
            record.timestamp(),
            headers),
        DEAD_LETTER_SINK);
  }

  private static void put(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<TenantId> tenantOf(String key) {
    int slash = key.indexOf('/');
    try {
      return slash < 0 ? Optional.empty() : Optional.of(new TenantId(key.substring(0, slash)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
