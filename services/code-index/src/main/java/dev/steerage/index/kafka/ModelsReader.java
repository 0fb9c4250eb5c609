package dev.steerage.index.kafka;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.CommittedEvent.ForeignRecord;
import dev.steerage.index.CommittedEvent.ModelSeen;
import dev.steerage.index.CommittedEvent.Source;
import dev.steerage.index.CommittedQueue;
import dev.steerage.index.store.KnownModel;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// Reads the models topic, ahead of the records that name its models.
final class ModelsReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);
  private static final int MISSING_LIMIT = 1_000;
  private static final long TO_END_NS = TimeUnit.SECONDS.toNanos(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final CommittedQueue queue;
  private final Map<String, Long> hashes = new HashMap<>();
  // Models that were looked for in vain; a record of one is not worth a second look at the topic.
  private final Set<String> missing = new HashSet<>();
  private List<TopicPartition> partitions = List.of();

  ModelsReader(Map<String, Object> settings, CommittedQueue queue) {
    this.consumer = new KafkaConsumer<>(settings);
    this.queue = queue;
  }

  /// Takes announcements that are here already.
  void readNew() {
    if (partitions.isEmpty()) {
      readToEnd();
    } else {
      poll(Duration.ZERO);
    }
  }

  /// Makes sure that the newest announcement of these weights was handed over, if there is one.
  void ensureKnown(String model, long hashPrefix) {
    Long known = hashes.get(model);
    if (known != null && known == hashPrefix) {
      return;
    }
    if (missing.size() == MISSING_LIMIT) {
      missing.clear();
    }
    if (missing.add(model + "/" + hashPrefix)) {
      readToEnd();
    }
  }

  private void readToEnd() {
    if (partitions.isEmpty()) {
      String topic = Topics.MODELS.name();
      partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
    }
    long deadlineNs = System.nanoTime() + TO_END_NS;
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    while (ends.entrySet().stream()
            .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())
        && System.nanoTime() - deadlineNs < 0) {
      poll(POLL);
    }
  }

  private void poll(Duration wait) {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
      if (record.value() != null) {
        take(record);
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    var source =
        new Source("", record.topic(), record.partition(), record.offset(), record.timestamp());
    switch (Topics.MODELS.value().decode(record.value())) {
      case Decoded.Ok<ModelCard> ok -> announce(source, ok.get());
      case Decoded.Bad<ModelCard> bad -> queue.put(new ForeignRecord(source, bad.detail()));
    }
  }

  private void announce(Source source, ModelCard card) {
    KnownModel model;
    try {
      model = new KnownModel(shape(card), card.hash());
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      queue.put(new ForeignRecord(source, "model card: " + e.getMessage()));
      return;
    }
    Long before = hashes.put(model.name(), model.hashPrefix());
    if (before == null || before != model.hashPrefix()) {
      queue.put(new ModelSeen(model));
    }
  }

  private static ModelShape shape(ModelCard card) {
    List<SiteShape> sites =
        card.sites().stream()
            .map(
                site ->
                    new SiteShape(
                        Site.parse(site.site()), site.codes(), site.activeCodes(), site.width()))
            .toList();
    return new ModelShape(card.model(), sites, card.vocabulary(), card.maxPositions());
  }

  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
