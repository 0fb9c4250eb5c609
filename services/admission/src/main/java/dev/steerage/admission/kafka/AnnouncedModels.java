package dev.steerage.admission.kafka;

import dev.steerage.admission.AdmissionConfig;
import dev.steerage.admission.decision.Models;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/// The models topic as a map. Read on the admission thread: a model that is not known is looked for
/// up to the topic's end before it is called unknown, so that "announced, then asked for" works.
///
/// For one thread.
final class AnnouncedModels implements Models, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration STEP = Duration.ofMillis(10);
  private static final Duration REFRESH = Duration.ofMillis(500);

  private final KafkaConsumer<String, Decoded<ModelCard>> consumer;
  private final TopicPartition partition = new TopicPartition(Topics.MODELS.name(), 0);
  private final Map<String, ModelCard> models = new HashMap<>();
  private final Set<String> withWorkTopic = new HashSet<>();
  private long refreshedNs;

  AnnouncedModels(AdmissionConfig config) {
    consumer =
        new KafkaConsumer<>(
            ClientProperties.reader(config),
            new StringDeserializer(),
            Topics.MODELS.value().reader());
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
    catchUp();
  }

  @Override
  public Optional<ModelCard> find(String model) {
    if (!models.containsKey(model)) {
      catchUp();
    }
    return Optional.ofNullable(models.get(model)).filter(_ -> hasWorkTopic(model));
  }

  /// Models that prompts can go to.
  Set<String> names() {
    Set<String> names = new HashSet<>(models.keySet());
    names.removeIf(model -> !hasWorkTopic(model));
    return names;
  }

  /// Takes what has arrived, without waiting; seldom, so that a prompt does not pay for it.
  void refresh() {
    long now = System.nanoTime();
    if (now - refreshedNs > REFRESH.toNanos()) {
      refreshedNs = now;
      consumer.poll(Duration.ZERO).forEach(this::take);
    }
  }

  /// Whether prompts for a model have somewhere to go. Asked on this reader, which answers at once
  /// where a producer would wait for the topic.
  private boolean hasWorkTopic(String model) {
    if (!withWorkTopic.contains(model)) {
      List<PartitionInfo> found = consumer.partitionsFor(Topics.work(model).name(), PATIENCE);
      if (found == null || found.isEmpty()) {
        return false;
      }
      withWorkTopic.add(model);
    }
    return true;
  }

  private void catchUp() {
    long end = consumer.endOffsets(List.of(partition), PATIENCE).get(partition);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (consumer.position(partition, PATIENCE) < end) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "models: offset="
                + consumer.position(partition)
                + ", end="
                + end
                + ", waited "
                + PATIENCE);
      }
      consumer.poll(STEP).forEach(this::take);
    }
  }

  private void take(ConsumerRecord<String, Decoded<ModelCard>> record) {
    if (record.value() == null) {
      models.remove(record.key());
    } else {
      record.value().value().ifPresent(card -> models.put(card.model(), card));
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
