package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.Order;
import dev.steerage.worker.rules.Refused;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.tick.TickBuffer;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers every record of the rule logs once, and commands that nobody takes.
///
/// Of all workers of a model, the one that owns partition 0 of its work answers. How far it came is
/// an offset of the same group, committed in the transaction that holds the acks; so a successor
/// goes on exactly there, and a worker that lost the partition can commit neither.
///
/// Changes that name a model are answered by that model's workers. What names none (bytes that are
/// no rule, a rule for a model that nobody serves, the removal of a rule that is not there) is
/// answered by the first model in the order of names. All work is done on one thread.
final class AckDesk {
  private static final Logger LOG = LoggerFactory.getLogger(AckDesk.class);

  /// Who owns it answers.
  static final int LEADING_PARTITION = 0;

  private static final long CLOCK_SKEW_MS = 60_000;

  private final ExecutorService thread;
  private final ClaimReader.Offsets offsets;
  private final LogReader log;
  private final RuleRegistry registry;
  private final ModelCards cards;
  private final String model;
  private final String worker;
  private final TickBuffer ticks;
  private final AtomicBoolean leading = new AtomicBoolean();

  // On the thread only.
  private final Map<TenantId, Long> next = new HashMap<>();

  AckDesk(
      ExecutorService thread,
      ClaimReader.Offsets offsets,
      LogReader log,
      RuleRegistry registry,
      ModelCards cards,
      String model,
      String worker,
      TickBuffer ticks) {
    this.thread = thread;
    this.offsets = offsets;
    this.log = log;
    this.registry = registry;
    this.cards = cards;
    this.model = model;
    this.worker = worker;
    this.ticks = ticks;
  }

  /// The leading partition became ours, and its adoption is in the tick. Any thread.
  void lead() {
    leading.set(true);
    submit(
        () -> {
          next.clear();
          registry.all().forEach(this::answer);
        });
  }

  boolean isLeading() {
    return leading.get();
  }

  /// The leading partition is not ours any more. Any thread.
  void rest() {
    leading.set(false);
  }

  /// A record of the tenant's log was read. Any thread.
  void changed(TenantId tenant, TenantRules rules) {
    if (leading.get()) {
      submit(() -> answer(tenant, rules));
    }
  }

  /// A command's request did not come in time. Any thread.
  void unknown(Order order) {
    if (leading.get()) {
      submit(() -> refuse(order));
    }
  }

  /// A command that cannot be read; whoever read it before may have answered. Any thread.
  void unreadable(ConsumerRecord<byte[], byte[]> record, TenantId tenant, Refused why) {
    if (leading.get()) {
      submit(() -> refuseUnreadable(record, tenant, why));
    }
  }

  private void refuseUnreadable(
      ConsumerRecord<byte[], byte[]> record, TenantId tenant, Refused why) {
    String key = TenantFollower.text(record.key());
    String subject = key.isEmpty() ? record.partition() + "-" + record.offset() : key;
    if (cards.isFirstServed(model)
        && !isAnswered(tenant, subject, record.offset(), record.timestamp())) {
      ticks.add(
          List.of(
              buried(tenant, record, why),
              acked(
                  tenant,
                  new RuleAck(
                      RuleAck.Kind.REFUSED,
                      subject,
                      RuleAck.SubjectKind.COMMAND,
                      record.offset(),
                      Optional.empty(),
                      OptionalInt.empty(),
                      worker,
                      Optional.of(why.refusal()),
                      Optional.of(why.detail())))),
          true);
    }
  }

  private void submit(Runnable work) {
    thread.execute(
        () -> {
          try {
            if (leading.get()) {
              work.run();
            }
          } catch (KafkaException e) {
            LOG.atWarn().addKeyValue("cause", e.toString()).log("acks delayed");
            // Whoever leads next, or the next change, begins at the committed offset again.
            next.clear();
          }
        });
  }

  private void answer(TenantId tenant, TenantRules rules) {
    var partition = new TopicPartition(Topics.RULES.of(tenant).name(), 0);
    long from = next.computeIfAbsent(tenant, _ -> committed(partition));
    List<TenantRules.Entry> entries = rules.entriesFrom(from);
    if (entries.isEmpty()) {
      return;
    }
    if (entries.stream().anyMatch(entry -> !entry.models().contains(model))) {
      cards.refresh();
    }
    List<TickEvent> events = new ArrayList<>();
    for (TenantRules.Entry entry : entries) {
      answer(tenant, partition, entry, events);
      if (entry.models().contains(model)) {
        events.addAll(WatchedChanges.of(LEADING_PARTITION, tenant, entry, rules, model));
      }
    }
    long end = entries.getLast().offset() + 1;
    events.add(new TickEvent.RulesAcked(LEADING_PARTITION, tenant, end));
    ticks.add(events, true);
    next.put(tenant, end);
  }

  private long committed(TopicPartition partition) {
    OffsetAndMetadata at = offsets.committed(Set.of(partition)).get(partition);
    return at == null ? 0 : at.offset();
  }

  private void answer(
      TenantId tenant, TopicPartition partition, TenantRules.Entry entry, List<TickEvent> events) {
    Optional<Refused> refused = entry.refused();
    boolean isMine = entry.models().contains(model);
    if (!isMine) {
      boolean nobodys = entry.models().stream().noneMatch(cards::isServed);
      if (!nobodys || !cards.isFirst(model)) {
        return;
      }
      if (refused.isEmpty()) {
        refused = Optional.of(TenantRules.unknownModel(entry.models()));
      }
    }
    if (!entry.isReadable()) {
      bury(tenant, partition, entry, events);
    }
    events.add(
        acked(
            tenant,
            new RuleAck(
                refused.isPresent() ? RuleAck.Kind.REFUSED : RuleAck.Kind.ACCEPTED,
                entry.subject(),
                entry.subjectKind(),
                entry.offset(),
                Optional.empty(),
                OptionalInt.empty(),
                worker,
                refused.map(Refused::refusal),
                refused.map(Refused::detail))));
  }

  private void bury(
      TenantId tenant, TopicPartition partition, TenantRules.Entry entry, List<TickEvent> events) {
    log.read(
        Map.of(partition, entry.offset()),
        Map.of(partition, entry.offset() + 1),
        record -> events.add(buried(tenant, record, entry.refused().orElseThrow())));
  }

  private static TickEvent.Buried buried(
      TenantId tenant, ConsumerRecord<byte[], byte[]> record, Refused why) {
    return new TickEvent.Buried(
        LEADING_PARTITION,
        tenant,
        record.topic(),
        record.partition(),
        record.offset(),
        record.key(),
        record.value(),
        why.refusal(),
        why.detail());
  }

  private static TickEvent.Acked acked(TenantId tenant, RuleAck ack) {
    return new TickEvent.Acked(LEADING_PARTITION, tenant, ack);
  }

  /// Refuses a command unless another worker, of this model or of another, has answered it.
  private void refuse(Order order) {
    if (!cards.isFirstServed(model)
        || isAnswered(order.tenant(), order.id(), order.offset(), order.timestampMs())) {
      return;
    }
    ticks.add(
        List.of(
            acked(
                order.tenant(),
                new RuleAck(
                    RuleAck.Kind.REFUSED,
                    order.id(),
                    RuleAck.SubjectKind.COMMAND,
                    order.offset(),
                    Optional.of(order.command().request()),
                    OptionalInt.empty(),
                    worker,
                    Optional.of(Refusal.UNKNOWN_REQUEST),
                    Optional.of("no such request is waiting or running")))),
        true);
  }

  private boolean isAnswered(TenantId tenant, String id, long offset, long timestampMs) {
    String topic = Topics.RULE_ACKS.of(tenant).name();
    int count = log.partitions(topic);
    if (count == 0) {
      return true;
    }
    boolean[] answered = {false};
    var where =
        IntStream.of(Topics.partition(id, count))
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .toList();
    log.since(
        where,
        Math.max(0, timestampMs - CLOCK_SKEW_MS),
        record ->
            answered[0] |=
                Topics.RULE_ACKS
                    .value()
                    .decode(record.value())
                    .value()
                    .filter(ack -> ack.subjectKind() == RuleAck.SubjectKind.COMMAND)
                    .filter(ack -> ack.subject().equals(id))
                    .filter(ack -> ack.revision() == offset)
                    .isPresent());
    return answered[0];
  }
}
