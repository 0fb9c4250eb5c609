package dev.steerage.admission.kafka;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.AdmissionMetrics;
import dev.steerage.admission.decision.Arrival;
import dev.steerage.admission.decision.PromptGate;
import dev.steerage.admission.decision.SeenIds;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads prompts, decides, writes outcomes and offsets in one transaction per batch.
///
/// A batch is what one poll gives: a lone prompt is committed at once, under load many share a
/// transaction. After any failure the session (clients, memory of ids) is dropped and a new one
/// starts from the committed offsets. One thread runs it.
public final class AdmissionLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(AdmissionLoop.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;

  private final AdmissionConfig config;
  private final AdmissionMetrics metrics;
  private final CountDownLatch ready = new CountDownLatch(1);
  private final CountDownLatch asked = new CountDownLatch(1);
  private volatile KafkaConsumer<byte[], byte[]> current;

  public AdmissionLoop(AdmissionConfig config, AdmissionMetrics metrics) {
    this.config = config;
    this.metrics = metrics;
  }

  /// Whether the first partitions were taken over in time.
  public boolean awaitReady(Duration patience) throws InterruptedException {
    return ready.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Asks the loop to finish its batch and end; from any thread.
  public void stop() {
    asked.countDown();
    KafkaConsumer<byte[], byte[]> consumer = current;
    if (consumer != null) {
      consumer.wakeup();
    }
  }

  private boolean isAsked() {
    return asked.getCount() == 0;
  }

  @Override
  public void run() {
    long pauseMs = FIRST_PAUSE_MS;
    while (!isAsked()) {
      try {
        metrics.sessionStarted();
        if (runSession()) {
          return;
        }
        pauseMs = FIRST_PAUSE_MS;
      } catch (WakeupException e) {
        LOG.debug("Woken up");
      } catch (KafkaException | IllegalStateException e) {
        LOG.atWarn()
            .addKeyValue("retryInMs", pauseMs)
            .addKeyValue("cause", e.toString())
            .log("Admission session failed");
      }
      pause(pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  private void pause(long millis) {
    try {
      asked.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      asked.countDown();
    }
  }

  /// Runs until asked to stop; true if that is why it returns.
  private boolean runSession() {
    SeenIds seen = new SeenIds(config.idsPerTenantMax(), AdmissionConfig.IDS_KEPT);
    try (AnnouncedModels models = new AnnouncedModels(config);
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(
                ClientProperties.writer(config),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(
                ClientProperties.prompts(config),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
      current = consumer;
      producer.initTransactions();
      PromptGate gate = new PromptGate(seen, models);
      Journal journal = new Journal(producer, metrics);
      consumer.subscribe(Topics.PROMPTS.pattern(), new Recall(consumer, gate));
      while (!isAsked()) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        models.refresh();
        if (!records.isEmpty()) {
          transact(records, gate, journal, producer, consumer);
        }
        metrics.ids(seen.size(), seen.forgotten());
      }
      return true;
    } finally {
      current = null;
    }
  }

  private void transact(
      ConsumerRecords<byte[], byte[]> records,
      PromptGate gate,
      Journal journal,
      KafkaProducer<byte[], byte[]> producer,
      KafkaConsumer<byte[], byte[]> consumer) {
    long start = System.nanoTime();
    producer.beginTransaction();
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Optional<TenantId> tenant = Topics.PROMPTS.tenantOf(record.topic());
      if (tenant.isPresent()) {
        journal.write(tenant.get(), record, gate.decide(arrival(tenant.get(), record)));
      }
    }
    producer.sendOffsetsToTransaction(records.nextOffsets(), consumer.groupMetadata());
    producer.commitTransaction();
    metrics.committed(records.count(), System.nanoTime() - start);
  }

  private static Arrival arrival(TenantId tenant, ConsumerRecord<byte[], byte[]> record) {
    return new Arrival(
        tenant,
        record.partition(),
        record.offset(),
        record.key(),
        record.value(),
        record.timestamp());
  }

  /// Reads again what was decided before on partitions that come to this process, so that its ids
  /// are known.
  private final class Recall implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> member;
    private final PromptGate gate;

    Recall(KafkaConsumer<byte[], byte[]> member, PromptGate gate) {
      this.member = member;
      this.gate = gate;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> committed = member.committed(Set.copyOf(partitions));
      List<TopicPartition> known =
          partitions.stream().filter(partition -> committed.get(partition) != null).toList();
      if (!known.isEmpty()) {
        try (KafkaConsumer<byte[], byte[]> reader =
            new KafkaConsumer<>(
                ClientProperties.reader(config),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
          known.forEach(partition -> recall(reader, partition, committed.get(partition).offset()));
        }
      }
      LOG.atInfo()
          .addKeyValue("partitions", partitions.size())
          .log("Admission reads prompts of more partitions");
      ready.countDown();
    }

    private void recall(KafkaConsumer<byte[], byte[]> reader, TopicPartition partition, long end) {
      TenantId tenant = Topics.PROMPTS.tenantOf(partition.topic()).orElseThrow();
      reader.assign(List.of(partition));
      reader.seekToBeginning(List.of(partition));
      while (reader.position(partition) < end && !isAsked()) {
        for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
          if (record.offset() < end) {
            gate.remember(arrival(tenant, record));
          }
        }
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // Every batch is committed before the next poll: nothing is under way.
    }
  }
}
