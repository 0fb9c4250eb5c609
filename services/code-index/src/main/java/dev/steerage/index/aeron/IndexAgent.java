package dev.steerage.index.aeron;

import dev.steerage.index.CommittedEvent;
import dev.steerage.index.CommittedEvent.ActivationsRecord;
import dev.steerage.index.CommittedEvent.CaughtUp;
import dev.steerage.index.CommittedEvent.ForeignRecord;
import dev.steerage.index.CommittedEvent.LabelRecord;
import dev.steerage.index.CommittedEvent.ModelSeen;
import dev.steerage.index.CommittedEvent.ReadUpTo;
import dev.steerage.index.CommittedEvent.Restored;
import dev.steerage.index.CommittedEvent.RuleRecord;
import dev.steerage.index.CommittedEvent.Source;
import dev.steerage.index.CommittedEvent.TenantGone;
import dev.steerage.index.CommittedEvent.TenantSeen;
import dev.steerage.index.CommittedEvent.TopicSeen;
import dev.steerage.index.CommittedQueue;
import dev.steerage.index.desk.CorpusDesk;
import dev.steerage.index.desk.LabelBook;
import dev.steerage.index.snapshot.SnapshotKeeper;
import dev.steerage.index.store.BatchReader;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.Origin;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.message.CodeLabel;
import io.aeron.CommonContext;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The single writer: owns all index data, takes records from the queue and frames from Aeron, and
/// answers look-ups between them.
public final class IndexAgent implements Agent {
  private static final Logger LOG = LoggerFactory.getLogger(IndexAgent.class);
  private static final int RECORDS_PER_CYCLE = 8;
  private static final long EXPIRY_INTERVAL_MS = 100;
  private static final long RECONNECT_INTERVAL_MS = 1_000;
  private static final long DRIVER_TIMEOUT_MS = TimeUnit.SECONDS.toMillis(10);

  private final AeronSettings settings;
  private final IndexMetrics metrics;
  private final CommittedQueue queue;
  private final EpochClock clock = SystemEpochClock.INSTANCE;
  private final CodeIndex index;
  private final BatchReader records;
  private final LiveAdapter live;
  private final AnswerWriter answers = new AnswerWriter();
  private final LookupAdapter lookups;
  private final LabelBook labels;
  private final Optional<SnapshotKeeper> snapshots;
  private final UnsafeBuffer record = new UnsafeBuffer();
  private AeronStreams streams;
  private long nextExpiryMs;
  private long nextConnectMs;

  public IndexAgent(
      AeronSettings settings,
      IndexLimits limits,
      IndexMetrics metrics,
      CommittedQueue queue,
      CorpusDesk desk,
      LabelBook labels,
      Optional<SnapshotKeeper> snapshots) {
    this.snapshots = snapshots;
    this.settings = settings;
    this.metrics = metrics;
    this.queue = queue;
    index = new CodeIndex(limits, metrics);
    records = new BatchReader(index);
    live = new LiveAdapter(index, metrics);
    this.labels = labels;
    lookups = new LookupAdapter(index, metrics, answers, desk, labels, new Access(settings.keys()));
  }

  /// Connects to the media driver; before the agent's thread starts.
  public void connect() {
    streams = new AeronStreams(settings, metrics, live, lookups, answers);
  }

  @Override
  public String roleName() {
    return "index-agent";
  }

  @Override
  public int doWork() {
    long nowMs = clock.time();
    int work = pollStreams(nowMs);
    for (int i = 0; i < RECORDS_PER_CYCLE; i++) {
      CommittedEvent event = queue.poll();
      if (event == null) {
        break;
      }
      apply(event);
      work++;
    }
    if (nowMs >= nextExpiryMs) {
      nextExpiryMs = nowMs + EXPIRY_INTERVAL_MS;
      index.expireOverlay(nowMs);
      snapshots.ifPresent(keeper -> keeper.keep(index, nowMs));
    }
    return work;
  }

  private int pollStreams(long nowMs) {
    if (streams != null && nowMs >= nextConnectMs) {
      nextConnectMs = nowMs + RECONNECT_INTERVAL_MS;
      leaveLostDriver();
    }
    if (streams == null && !hasConnected(nowMs)) {
      return 0;
    }
    return streams.poll(nowMs);
  }

  private void leaveLostDriver() {
    if (streams.isLost()) {
      LOG.atWarn().addKeyValue("directory", settings.directory()).log("media driver is gone");
      streams.close();
      streams = null;
      nextConnectMs = 0;
    }
  }

  private boolean hasConnected(long nowMs) {
    if (nowMs < nextConnectMs) {
      return false;
    }
    nextConnectMs = nowMs + RECONNECT_INTERVAL_MS;
    if (!CommonContext.isDriverActive(settings.directory().toFile(), DRIVER_TIMEOUT_MS, _ -> {})) {
      return false;
    }
    connect();
    LOG.atInfo().addKeyValue("directory", settings.directory()).log("media driver is back");
    return true;
  }

  private void apply(CommittedEvent event) {
    switch (event) {
      case TenantSeen seen -> index.tenantSeen(seen.tenant());
      case TenantGone gone -> {
        index.tenantGone(gone.tenant());
        labels.removeAll(gone.tenant());
        LOG.atInfo().addKeyValue("tenant", gone.tenant()).log("index forgets a tenant");
      }
      case TopicSeen seen -> index.topicSeen(seen.tenant(), seen.topic(), seen.id());
      case ReadUpTo read ->
          index.readUpTo(read.tenant(), read.topic(), read.partition(), read.next());
      case Restored restored -> {
        index.become(restored.index());
        LOG.atInfo()
            .addKeyValue("tenants", index.tenants())
            .addKeyValue("since", Instant.ofEpochMilli(index.knownSinceMs()))
            .log("index begins with a snapshot");
      }
      case ModelSeen seen -> index.modelSeen(seen.model());
      case ActivationsRecord activations -> apply(activations);
      case RuleRecord rule -> {
        index.ruleChange(rule.source().tenant(), rule.source().offset(), rule.change());
        progress(rule.source());
      }
      case LabelRecord label -> apply(label);
      case ForeignRecord foreign -> refuse(foreign.source(), foreign.reason());
      case CaughtUp _ -> {
        index.caughtUp();
        LOG.atInfo()
            .addKeyValue("positions", metrics.get(IndexMetric.COMMITTED_POSITIONS))
            .addKeyValue("tenants", index.tenants())
            .log("index has read what was committed before it started");
      }
    }
  }

  private void apply(ActivationsRecord activations) {
    byte[] value = activations.value();
    record.wrap(value);
    Optional<String> refusal = records.read(record, 0, value.length);
    if (refusal.isPresent()) {
      refuse(activations.source(), refusal.get());
      return;
    }
    // The topic's name decides, not what the record says.
    Source source = activations.source();
    index.committed(
        source.tenant(),
        records.model(),
        records.batch(),
        new Origin(source.timeMs(), source.offset(), source.partition()));
    progress(source);
  }

  private void apply(LabelRecord event) {
    CodeLabel label = event.label();
    String tenant = event.source().tenant();
    if (label.text().isEmpty()) {
      labels.remove(tenant, label.model(), label.code());
    } else {
      var kept =
          new CodeLabels.Label(
              label.text(),
              label.author(),
              tenant,
              Instant.ofEpochMilli(event.source().timeMs()),
              label.score());
      if (!labels.put(label.model(), label.code(), kept)) {
        metrics.increment(IndexMetric.REFUSED_LABELS);
      }
    }
    progress(event.source());
  }

  private void refuse(Source source, String reason) {
    if (metrics.get(IndexMetric.FOREIGN_RECORDS) == 0) {
      // The first one says where; the counter says how many.
      LOG.atWarn()
          .addKeyValue("topic", source.topic())
          .addKeyValue("partition", source.partition())
          .addKeyValue("offset", source.offset())
          .addKeyValue("reason", reason)
          .log("record refused; further ones are counted only");
    }
    metrics.increment(IndexMetric.FOREIGN_RECORDS);
    progress(source);
  }

  private void progress(Source source) {
    if (!source.tenant().isEmpty()) {
      index.progress(source.tenant(), source.topic(), source.partition(), source.offset() + 1);
    }
  }

  @Override
  public void onClose() {
    snapshots.ifPresent(keeper -> keeper.keepLast(index));
    if (streams != null) {
      streams.close();
    }
  }
}
