package dev.steerage.admission.kafka;

import dev.steerage.admission.AdmissionMetrics;
import dev.steerage.admission.decision.Outcome;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.DeadLetter;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.Work;
import dev.steerage.schemas.topic.CarriedHeaders;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes outcomes inside the transaction of their batch. For one thread.
final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final String FIRST_TRY = "1";

  private final KafkaProducer<byte[], byte[]> producer;
  private final AdmissionMetrics metrics;
  private final Map<String, Integer> partitions = new HashMap<>();

  Journal(KafkaProducer<byte[], byte[]> producer, AdmissionMetrics metrics) {
    this.producer = producer;
    this.metrics = metrics;
  }

  /// Where an admitted request goes; its place is known when the transaction is committed.
  ///
  /// @param requests as how many it counts
  /// @param tokens most that it may write
  record Sent(
      TenantId tenant, String model, int requests, int tokens, Future<RecordMetadata> place) {}

  /// @return what was sent to the workers, if that is what became of it
  Optional<Sent> write(TenantId tenant, ConsumerRecord<byte[], byte[]> source, Outcome outcome) {
    switch (outcome) {
      case Outcome.Admitted admitted -> {
        return Optional.of(admit(tenant, source, admitted));
      }
      case Outcome.Expired expired -> answer(tenant, source, expired.answer());
      case Outcome.Refused refused -> {
        refused.answer().ifPresent(answer -> answer(tenant, source, answer));
        deadLetter(tenant, source, refused.reason(), refused.detail());
      }
      case Outcome.Repeated repeated -> answer(tenant, source, repeated.answer());
    }
    return Optional.empty();
  }

  /// Counts what is committed.
  void count(Outcome outcome) {
    switch (outcome) {
      case Outcome.Admitted _ -> metrics.admitted();
      case Outcome.Expired _ -> metrics.expired();
      case Outcome.Refused refused -> metrics.refused(refused.reason());
      case Outcome.Repeated _ -> metrics.repeated();
    }
  }

  private Sent admit(
      TenantId tenant, ConsumerRecord<byte[], byte[]> source, Outcome.Admitted admitted) {
    String model = admitted.work().prompt().model();
    Topic<String, Work> topic = Topics.work(model);
    // Turns of a session lie in one partition; each record has a key of its own, so that compaction
    // takes away what a deleted tenant left and nothing else.
    int partition = Topics.workPartition(admitted.key());
    String own =
        admitted.work().prompt().session().isEmpty()
            ? admitted.key()
            : admitted.key() + "/" + admitted.work().request();
    Future<RecordMetadata> place =
        producer.send(
            new ProducerRecord<>(
                topic.name(),
                partition,
                topic.key().serializer().serialize(topic.name(), own),
                topic.value().encode(admitted.work()),
                CarriedHeaders.carry(source.headers())));
    Prompt prompt = admitted.work().prompt();
    return new Sent(tenant, model, prompt.requests(), prompt.tokensMax(), place);
  }

  private void answer(
      TenantId tenant, ConsumerRecord<byte[], byte[]> source, Completion completion) {
    Topic<String, Completion> topic = Topics.COMPLETIONS.of(tenant);
    OptionalInt count = partitions(topic.name());
    if (count.isEmpty()) {
      unanswered(topic.name());
      return;
    }
    producer.send(
        new ProducerRecord<>(
            topic.name(),
            CarriedHeaders.replyPartition(source.headers(), count.getAsInt()).orElse(null),
            completion.request().getBytes(StandardCharsets.UTF_8),
            topic.value().encode(completion),
            CarriedHeaders.carry(source.headers())));
  }

  private void deadLetter(
      TenantId tenant, ConsumerRecord<byte[], byte[]> source, Refusal reason, String detail) {
    Topic<byte[], byte[]> topic = Topics.DEAD_LETTERS.of(tenant);
    if (partitions(topic.name()).isEmpty()) {
      unanswered(topic.name());
      return;
    }
    Headers headers = new RecordHeaders(source.headers().toArray());
    header(headers, DeadLetter.REASON, Words.of(reason));
    header(headers, DeadLetter.DETAIL, detail);
    header(headers, DeadLetter.SOURCE_TOPIC, source.topic());
    header(headers, DeadLetter.SOURCE_PARTITION, Integer.toString(source.partition()));
    header(headers, DeadLetter.SOURCE_OFFSET, Long.toString(source.offset()));
    header(headers, DeadLetter.ATTEMPT, FIRST_TRY);
    producer.send(new ProducerRecord<>(topic.name(), null, source.key(), source.value(), headers));
  }

  private static void header(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private void unanswered(String topic) {
    metrics.unanswered();
    LOG.atError().addKeyValue("topic", topic).log("A tenant's topic is missing; no answer");
  }

  /// How many partitions a topic has; empty if there is no such topic.
  private OptionalInt partitions(String topic) {
    Integer known = partitions.get(topic);
    if (known == null) {
      try {
        known = producer.partitionsFor(topic).size();
      } catch (TimeoutException | UnknownTopicOrPartitionException e) {
        return OptionalInt.empty();
      }
      partitions.put(topic, known);
    }
    return OptionalInt.of(known);
  }
}
