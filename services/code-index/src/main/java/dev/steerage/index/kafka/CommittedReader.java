package dev.steerage.index.kafka;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.index.CommittedEvent;
import dev.steerage.index.CommittedEvent.ActivationsRecord;
import dev.steerage.index.CommittedEvent.CaughtUp;
import dev.steerage.index.CommittedEvent.ForeignRecord;
import dev.steerage.index.CommittedEvent.LabelRecord;
import dev.steerage.index.CommittedEvent.Restored;
import dev.steerage.index.CommittedEvent.RuleRecord;
import dev.steerage.index.CommittedEvent.Source;
import dev.steerage.index.CommittedQueue;
import dev.steerage.index.snapshot.SnapshotSource;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.CodeLabel;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads committed activations and rule logs of all tenants from the first record on, outside any
/// group: every index reads everything.
///
/// Runs on a thread of its own until closed. While Kafka is away it keeps trying and says so once.
public final class CommittedReader implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CommittedReader.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PAUSE_WHEN_AWAY = Duration.ofMillis(500);

  /// No tenant's name: what all of them see.
  private static final String PLATFORM = "";

  private final CommittedQueue queue;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final TenantTopics topics;
  private final ModelsReader models;
  private final ActivationsDecoder decoder = new ActivationsDecoder();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Optional<SnapshotSource> snapshots;
  private final Admin admin;
  private boolean hasBegun;
  private boolean away;

  /// @param client properties of every Kafka client, `bootstrap.servers` among them
  /// @param snapshots where to begin; none: at the first record
  public CommittedReader(
      Map<String, String> client, CommittedQueue queue, Optional<SnapshotSource> snapshots) {
    this.queue = queue;
    this.snapshots = snapshots;
    consumer = new KafkaConsumer<>(ReaderSettings.of(client));
    admin = Admin.create(ReaderSettings.ofAdmin(client));
    topics = new TenantTopics(consumer, admin, queue);
    models = new ModelsReader(ReaderSettings.of(client), queue);
  }

  @Override
  public void run() {
    try {
      while (stop.getCount() > 0) {
        try {
          step();
          back();
        } catch (WakeupException | InterruptException e) {
          // Only close() wakes or interrupts.
          stop.countDown();
        } catch (KafkaException e) {
          awayBecause(e);
        }
      }
    } finally {
      consumer.close();
      models.close();
      admin.close(Duration.ofSeconds(1));
    }
  }

  private void step() {
    if (!hasBegun) {
      snapshots.ifPresent(this::restore);
      hasBegun = true;
    }
    models.readNew();
    topics.refresh();
    if (topics.areAny()) {
      if (!hasTakenAll()) {
        return;
      }
    } else {
      pause(POLL);
    }
    if (topics.haveJustCaughtUp()) {
      queue.put(new CaughtUp());
    }
  }

  private boolean hasTakenAll() {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
      if (!queue.put(event(record))) {
        return false;
      }
    }
    return true;
  }

  /// Takes what a snapshot knew, if it is of this cluster's topics and nothing was lost behind it.
  private void restore(SnapshotSource source) {
    Optional<CodeIndex> loaded = source.load();
    if (loaded.isEmpty()) {
      return;
    }
    var check = new SnapshotCheck(consumer, admin);
    Optional<String> refusal = check.refusal(loaded.get().readTopics());
    if (refusal.isPresent()) {
      source.refuse(refusal.get());
      return;
    }
    topics.resumeAt(check.offsets());
    queue.put(new Restored(loaded.get()));
  }

  private CommittedEvent event(ConsumerRecord<byte[], byte[]> record) {
    Optional<String> activationsOf = TenantTopics.tenantOf(Topics.ACTIVATIONS, record.topic());
    if (activationsOf.isPresent()) {
      return activations(record, source(record, activationsOf.get()));
    }
    Optional<String> labelsOf = TenantTopics.tenantOf(Topics.LABELS, record.topic());
    if (labelsOf.isPresent()) {
      return label(record, source(record, labelsOf.get()));
    }
    if (record.topic().equals(Topics.PLATFORM_LABELS.name())) {
      return label(record, source(record, PLATFORM));
    }
    String tenant = TenantTopics.tenantOf(Topics.RULES, record.topic()).orElseThrow();
    return rule(record, source(record, tenant));
  }

  private CommittedEvent activations(ConsumerRecord<byte[], byte[]> record, Source source) {
    if (record.value() == null) {
      return new ForeignRecord(source, "no value");
    }
    // The announcement was written before the record, but to another topic.
    if (decoder.wrap(record.value()).isEmpty()) {
      models.ensureKnown(decoder.model(), decoder.modelHashPrefix());
    }
    return new ActivationsRecord(source, record.value());
  }

  private static CommittedEvent label(ConsumerRecord<byte[], byte[]> record, Source source) {
    if (record.value() == null) {
      return new ForeignRecord(source, "no value");
    }
    return switch (Topics.LABELS.value().decode(record.value())) {
      case Decoded.Ok<CodeLabel> ok -> new LabelRecord(source, ok.get());
      case Decoded.Bad<CodeLabel> bad -> new ForeignRecord(source, bad.detail());
    };
  }

  private static CommittedEvent rule(ConsumerRecord<byte[], byte[]> record, Source source) {
    if (record.value() == null) {
      return new ForeignRecord(source, "no value");
    }
    return switch (Topics.RULES.value().decode(record.value())) {
      case Decoded.Ok<RuleChange> ok -> new RuleRecord(source, ok.get());
      case Decoded.Bad<RuleChange> bad -> new ForeignRecord(source, bad.detail());
    };
  }

  private static Source source(ConsumerRecord<byte[], byte[]> record, String tenant) {
    return new Source(
        tenant, record.topic(), record.partition(), record.offset(), record.timestamp());
  }

  private void awayBecause(KafkaException cause) {
    if (!away) {
      away = true;
      LOG.atWarn().setCause(cause).log("kafka is away; the index goes on with what it knows");
    }
    pause(PAUSE_WHEN_AWAY);
  }

  private void pause(Duration time) {
    try {
      stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      stop.countDown();
    }
  }

  private void back() {
    if (away) {
      away = false;
      LOG.info("kafka is back");
    }
  }

  /// Ends [#run]; does not wait for it.
  @Override
  public void close() {
    stop.countDown();
    queue.close();
    consumer.wakeup();
    models.wakeup();
  }
}
