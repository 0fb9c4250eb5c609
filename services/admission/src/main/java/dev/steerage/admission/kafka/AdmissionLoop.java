package dev.steerage.admission.kafka;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.AdmissionMetrics;
import dev.steerage.admission.decision.Arrival;
import dev.steerage.admission.decision.PromptGate;
import dev.steerage.admission.decision.SeenIds;
import dev.steerage.admission.decision.Turnstile;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration HELD_POLL = Duration.ofMillis(20);
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
        AnnouncedQuotas quotas = new AnnouncedQuotas(config);
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
      var partitions = new PromptPartitions(consumer);
      var turnstile = new Turnstile(quotas, models, partitions::part, System::currentTimeMillis);
      var gate = new PromptGate(seen, models, quotas, System::currentTimeMillis);
      try (var progress = new WorkProgress(config, turnstile)) {
        var batch =
            new PromptBatch(
                consumer, producer, gate, turnstile, partitions, new Journal(producer, metrics));
        var recall = new Recall(consumer, gate, models, partitions, progress);
        consumer.subscribe(Topics.PROMPTS.pattern(), recall);
        while (!isAsked()) {
          ConsumerRecords<byte[], byte[]> records =
              consumer.poll(partitions.held() > 0 ? HELD_POLL : POLL);
          models.refresh();
          quotas.refresh();
          progress.look();
          if (!records.isEmpty()) {
            long start = System.nanoTime();
            int count = batch.transact(records);
            if (count > 0) {
              metrics.committed(count, System.nanoTime() - start);
            }
          }
          partitions.release(turnstile, System.currentTimeMillis());
          metrics.ids(seen.size(), seen.forgotten());
          metrics.load(turnstile.size(), partitions.held());
        }
        return true;
      }
    } finally {
      current = null;
    }
  }

  static Arrival arrival(TenantId tenant, ConsumerRecord<byte[], byte[]> record) {
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
    private final AnnouncedModels models;
    private final PromptPartitions ours;
    private final WorkProgress progress;

    Recall(
        KafkaConsumer<byte[], byte[]> member,
        PromptGate gate,
        AnnouncedModels models,
        PromptPartitions ours,
        WorkProgress progress) {
      this.member = member;
      this.gate = gate;
      this.models = models;
      this.ours = ours;
      this.progress = progress;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      ours.add(partitions);
      Map<TopicPartition, OffsetAndMetadata> committed =
          new HashMap<>(member.committed(Set.copyOf(partitions)));
      committed.values().removeIf(Objects::isNull);
      if (!committed.isEmpty()) {
        recall(committed);
        // A new tenant's partitions have nothing under way: the others need not wait for a count.
        progress.recount(models.names(), ours::isOurs);
      }
      LOG.atInfo()
          .addKeyValue("partitions", partitions.size())
          .log("Admission reads prompts of more partitions");
      ready.countDown();
    }

    /// All partitions at once: one after the other, each would wait for the last fetch of the one
    /// before it.
    private void recall(Map<TopicPartition, OffsetAndMetadata> ends) {
      try (KafkaConsumer<byte[], byte[]> reader =
          new KafkaConsumer<>(
              ClientProperties.reader(config),
              new ByteArrayDeserializer(),
              new ByteArrayDeserializer())) {
        reader.assign(ends.keySet());
        reader.seekToBeginning(ends.keySet());
        Set<TopicPartition> left = new HashSet<>(ends.keySet());
        while (!isAsked()) {
          List<TopicPartition> read =
              left.stream()
                  .filter(
                      partition ->
                          reader.position(partition, PATIENCE) >= ends.get(partition).offset())
                  .toList();
          reader.pause(read);
          read.forEach(left::remove);
          if (left.isEmpty()) {
            return;
          }
          for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
            var partition = new TopicPartition(record.topic(), record.partition());
            if (record.offset() < ends.get(partition).offset()) {
              gate.remember(arrival(Topics.PROMPTS.tenantOf(record.topic()).orElseThrow(), record));
            }
          }
        }
      }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      // Every batch is committed before the next poll: nothing is half done.
      ours.remove(partitions);
    }
  }
}
