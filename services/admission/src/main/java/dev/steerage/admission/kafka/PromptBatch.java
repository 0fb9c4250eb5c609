package dev.steerage.admission.kafka;

import dev.steerage.admission.decision.Outcome;
import dev.steerage.admission.decision.PromptGate;
import dev.steerage.admission.decision.Turnstile;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What one poll gave: decided, and written with its offsets in one transaction. A prompt whose
/// tenant has enough under way stays in its topic, with all that come after it in its partition.
///
/// For one thread.
final class PromptBatch {
  private static final Logger LOG = LoggerFactory.getLogger(PromptBatch.class);
  // A rebalance takes two or three polls; after so many it is something else.
  private static final int REFUSED_MAX = 50;

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaProducer<byte[], byte[]> producer;
  private final PromptGate gate;
  private final Turnstile turnstile;
  private final PromptPartitions partitions;
  private final Journal journal;
  private int refusedInARow;

  PromptBatch(
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer,
      PromptGate gate,
      Turnstile turnstile,
      PromptPartitions partitions,
      Journal journal) {
    this.consumer = consumer;
    this.producer = producer;
    this.gate = gate;
    this.turnstile = turnstile;
    this.partitions = partitions;
    this.journal = journal;
  }

  private record Decided(TenantId tenant, ConsumerRecord<byte[], byte[]> source, Outcome outcome) {}

  /// @return prompts whose outcome is committed now
  int transact(ConsumerRecords<byte[], byte[]> records) {
    List<Decided> decided = new ArrayList<>();
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    for (TopicPartition partition : records.partitions()) {
      Optional<TenantId> tenant = Topics.PROMPTS.tenantOf(partition.topic());
      Optional<Long> heldAt =
          tenant.flatMap(owner -> decide(owner, partition, records.records(partition), decided));
      if (heldAt.isEmpty()) {
        next.put(partition, records.nextOffsets().get(partition));
      } else if (heldAt.get() > records.records(partition).getFirst().offset()) {
        next.put(partition, new OffsetAndMetadata(heldAt.get()));
      }
    }
    if (next.isEmpty()) {
      return 0;
    }
    producer.beginTransaction();
    List<Journal.Sent> sent = new ArrayList<>();
    for (Decided one : decided) {
      journal.write(one.tenant(), one.source(), one.outcome()).ifPresent(sent::add);
    }
    try {
      producer.sendOffsetsToTransaction(next, consumer.groupMetadata());
    } catch (CommitFailedException e) {
      if (++refusedInARow > REFUSED_MAX) {
        throw e;
      }
      producer.abortTransaction();
      takeBack(records, decided);
      return 0;
    }
    producer.commitTransaction();
    refusedInARow = 0;
    sent.forEach(this::place);
    decided.forEach(one -> journal.count(one.outcome()));
    return decided.size();
  }

  /// The group had a new generation before this batch was written, as it has whenever a tenant
  /// comes or goes: the next poll joins it, and gives what is still ours once more.
  private void takeBack(ConsumerRecords<byte[], byte[]> records, List<Decided> decided) {
    LOG.atDebug().addKeyValue("prompts", decided.size()).log("Batch repeated in a new generation");
    for (Decided one : decided) {
      if (one.outcome() instanceof Outcome.Admitted admitted) {
        Prompt prompt = admitted.work().prompt();
        turnstile.withdraw(one.tenant(), prompt.model(), prompt.requests());
      }
    }
    records
        .partitions()
        .forEach(
            partition ->
                partitions.rewind(partition, records.records(partition).getFirst().offset()));
  }

  /// @return the offset from which on its tenant has to wait
  private Optional<Long> decide(
      TenantId tenant,
      TopicPartition partition,
      List<ConsumerRecord<byte[], byte[]>> records,
      List<Decided> decided) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Outcome outcome = inTime(tenant, record, gate.decide(AdmissionLoop.arrival(tenant, record)));
      if (outcome instanceof Outcome.Admitted admitted) {
        Prompt prompt = admitted.work().prompt();
        if (!turnstile.hasRoom(tenant, prompt.model())) {
          partitions.hold(
              partition,
              record.offset(),
              new PromptPartitions.Head(
                  tenant, prompt.model(), prompt.deadlineMs().orElse(PromptPartitions.NEVER)));
          return Optional.of(record.offset());
        }
        turnstile.enter(tenant, prompt.model(), prompt.requests());
      }
      decided.add(new Decided(tenant, record, outcome));
    }
    return Optional.empty();
  }

  private Outcome inTime(TenantId tenant, ConsumerRecord<byte[], byte[]> record, Outcome outcome) {
    return outcome instanceof Outcome.Admitted admitted
            && turnstile.isTooLate(tenant, admitted.work().prompt(), record.timestamp())
        ? Outcome.Expired.of(admitted.work().request())
        : outcome;
  }

  private void place(Journal.Sent sent) {
    try {
      RecordMetadata place = sent.place().get();
      turnstile.place(
          sent.model(),
          new Turnstile.Place(
              place.partition(), place.offset(), sent.tenant(), sent.requests(), sent.tokens()));
    } catch (ExecutionException e) {
      throw new KafkaException("a committed record has no place", e.getCause());
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }
}
