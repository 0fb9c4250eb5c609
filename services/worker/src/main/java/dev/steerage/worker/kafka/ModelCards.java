package dev.steerage.worker.kafka;

import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.WorkerLimits;
import dev.steerage.worker.generation.ServedModel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The models topic: what is served, and by whom. The worker that owns partition 0 of a model's
/// work writes the model's card, with the members of the group as its workers; so there is one
/// writer, and the list is right after every change of the group. Methods block; not for the poll
/// or decode threads.
final class ModelCards {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCards.class);
  private static final TopicPartition PARTITION = new TopicPartition(Topics.MODELS.name(), 0);

  private final Admin admin;
  private final LogReader log;
  private final Producer<byte[], byte[]> producer;
  private final ServedModel model;
  private final WorkerLimits limits;
  private final Map<String, ModelCard> cards = new ConcurrentSkipListMap<>();

  ModelCards(
      Admin admin,
      LogReader log,
      Producer<byte[], byte[]> producer,
      ServedModel model,
      WorkerLimits limits) {
    this.admin = admin;
    this.log = log;
    this.producer = producer;
    this.model = model;
    this.limits = limits;
  }

  /// Reads all cards.
  synchronized void refresh() {
    Map<TopicPartition, Long> begin = log.offsets(Set.of(PARTITION), OffsetSpec.earliest());
    Map<TopicPartition, Long> end = log.offsets(Set.of(PARTITION), OffsetSpec.latest());
    log.read(
        begin,
        end,
        record -> {
          if (record.value() != null) {
            Topics.MODELS
                .value()
                .decode(record.value())
                .value()
                .ifPresent(card -> cards.put(card.model(), card));
          }
        });
  }

  /// Writes this model's card.
  ///
  /// @param without a worker that is about to leave
  void publish(Set<String> without) {
    Set<String> workers = new TreeSet<>(members(model.name()));
    workers.removeAll(without);
    ModelCard card = card(List.copyOf(workers));
    cards.put(card.model(), card);
    producer.send(
        new ProducerRecord<>(
            Topics.MODELS.name(),
            card.model().getBytes(java.nio.charset.StandardCharsets.UTF_8),
            Topics.MODELS.value().encode(card)));
    producer.flush();
    LOG.atInfo()
        .addKeyValue("model", card.model())
        .addKeyValue("workers", workers)
        .log("model card");
  }

  private ModelCard card(List<String> workers) {
    var engine = model.engine();
    return new ModelCard(
        model.name(),
        engine.hash(),
        engine.numericClass().toString(),
        model.shape().vocabulary(),
        model.shape().maxPositions(),
        limits.sequences(),
        engine.tokenizer().bos().orElse(-1),
        engine.tokenizer().getClass().getSimpleName(),
        model.shape().sites().stream()
            .map(
                s ->
                    new ModelCard.SiteCard(
                        s.site().toString(), s.codes(), s.activeCodes(), s.width()))
            .toList(),
        workers);
  }

  /// Whether a model has a card.
  boolean isServed(String name) {
    return cards.containsKey(name);
  }

  /// Whether a model is the first of those with a card.
  boolean isFirst(String name) {
    return cards.keySet().stream().noneMatch(other -> other.compareTo(name) < 0);
  }

  /// Whether no model before this one has a living worker.
  boolean isFirstServed(String name) {
    refresh();
    return cards.keySet().stream()
        .filter(other -> other.compareTo(name) < 0)
        .allMatch(other -> members(other).isEmpty());
  }

  private Collection<String> members(String name) {
    String group = KafkaClients.group(name);
    try {
      ConsumerGroupDescription description =
          admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
      return description.members().stream()
          .map(org.apache.kafka.clients.admin.MemberDescription::clientId)
          .collect(Collectors.toSet());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.GroupIdNotFoundException) {
        return List.of();
      }
      throw LogReader.failed(e);
    } catch (InterruptedException e) {
      throw new KafkaException(e);
    }
  }
}
