package dev.steerage.admission.kafka;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.decision.Turnstile;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Work;
import dev.steerage.schemas.topic.CommitMetadata;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which admitted requests have ended: what the workers' group commits says it all, so nobody has
/// to be asked and nothing more has to be written. For one thread.
final class WorkProgress implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkProgress.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration STEP = Duration.ofMillis(50);
  private static final long LOOK_NS = 25_000_000;

  private final Admin admin;
  private final AdmissionConfig config;
  private final Turnstile turnstile;
  private Optional<KafkaFuture<Map<String, Map<TopicPartition, OffsetAndMetadata>>>> asked =
      Optional.empty();
  private long askedNs;

  WorkProgress(AdmissionConfig config, Turnstile turnstile) {
    this.config = config;
    this.turnstile = turnstile;
    admin = Admin.create(ClientProperties.admin(config));
  }

  /// Takes an answer that is there, asks again when it is time; never waits.
  void look() {
    if (asked.isPresent() && asked.get().isDone()) {
      try {
        take(asked.get().get());
      } catch (ExecutionException e) {
        LOG.atDebug().addKeyValue("cause", e.getCause()).log("Progress of workers not known");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      asked = Optional.empty();
    }
    long now = System.nanoTime();
    if (asked.isEmpty() && now - askedNs > LOOK_NS) {
      Set<String> busy = turnstile.busyModels();
      if (!busy.isEmpty()) {
        askedNs = now;
        asked = Optional.of(ask(busy));
      }
    }
  }

  private KafkaFuture<Map<String, Map<TopicPartition, OffsetAndMetadata>>> ask(
      Collection<String> models) {
    Map<String, ListConsumerGroupOffsetsSpec> groups = new HashMap<>();
    models.forEach(
        model ->
            groups.put(
                Topics.workGroup(model),
                new ListConsumerGroupOffsetsSpec().topicPartitions(partitions(model))));
    return admin.listConsumerGroupOffsets(groups).all();
  }

  private static List<TopicPartition> partitions(String model) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (int i = 0; i < Topics.work(model).settings().partitions(); i++) {
      partitions.add(new TopicPartition(Topics.work(model).name(), i));
    }
    return partitions;
  }

  private void take(Map<String, Map<TopicPartition, OffsetAndMetadata>> groups) {
    for (String model : turnstile.busyModels()) {
      turnstile.progress(model, committed(groups.getOrDefault(Topics.workGroup(model), Map.of())));
    }
  }

  private static Map<Integer, CommitMetadata> committed(
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<Integer, CommitMetadata> committed = new HashMap<>();
    offsets.forEach(
        (partition, at) -> {
          if (at != null) {
            committed.put(partition.partition(), CommitMetadata.decode(at.offset(), at.metadata()));
          }
        });
    return committed;
  }

  /// Counts again what is under way, from the log.
  ///
  /// @param isOurs whether this process admits from a tenant's partition of prompts
  void recount(Collection<String> models, BiPredicate<TenantId, Integer> isOurs) {
    Map<String, List<Turnstile.Place>> found = new HashMap<>();
    try (KafkaConsumer<byte[], byte[]> reader =
        new KafkaConsumer<>(
            ClientProperties.reader(config),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      Map<String, Map<TopicPartition, OffsetAndMetadata>> groups = await(ask(models));
      for (String model : models) {
        Map<Integer, CommitMetadata> committed =
            committed(groups.getOrDefault(Topics.workGroup(model), Map.of()));
        found.put(model, unfinished(reader, model, committed, isOurs));
      }
    }
    asked = Optional.empty();
    turnstile.restart(found);
  }

  private static List<Turnstile.Place> unfinished(
      KafkaConsumer<byte[], byte[]> reader,
      String model,
      Map<Integer, CommitMetadata> committed,
      BiPredicate<TenantId, Integer> isOurs) {
    List<Turnstile.Place> places = new ArrayList<>();
    List<TopicPartition> partitions = partitions(model);
    reader.assign(partitions);
    Map<TopicPartition, Long> ends = reader.endOffsets(partitions, PATIENCE);
    Map<TopicPartition, Long> begins = reader.beginningOffsets(partitions, PATIENCE);
    for (TopicPartition partition : partitions) {
      CommitMetadata at = committed.get(partition.partition());
      reader.seek(
          partition,
          at == null ? begins.get(partition) : Math.max(begins.get(partition), at.lowWatermark()));
    }
    Set<TopicPartition> left = new HashSet<>(partitions);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!left.isEmpty() && System.nanoTime() - deadline < 0) {
      left.removeIf(partition -> reader.position(partition, PATIENCE) >= ends.get(partition));
      if (left.isEmpty()) {
        break;
      }
      for (var record : reader.poll(STEP)) {
        CommitMetadata at = committed.get(record.partition());
        boolean ended =
            at != null
                && record.offset() < at.taken()
                && !at.unfinished().contains(record.offset());
        // No value: a deleted tenant's.
        if (!ended
            && record.value() != null
            && Topics.work(model).value().decode(record.value())
                instanceof Decoded.Ok<Work>(Work work)) {
          var tenant = new TenantId(work.tenant());
          if (isOurs.test(tenant, work.sourcePartition())) {
            places.add(
                new Turnstile.Place(
                    record.partition(),
                    record.offset(),
                    tenant,
                    work.prompt().requests(),
                    work.prompt().tokensMax()));
          }
        }
      }
    }
    return places;
  }

  private static <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new KafkaException("progress of workers", e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException("no progress of workers in " + PATIENCE, e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }
}
