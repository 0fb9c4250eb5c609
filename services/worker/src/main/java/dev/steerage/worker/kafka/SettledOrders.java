package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.TenantTopic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.Claim;
import dev.steerage.worker.rules.Lapse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Finds what took effect on requests and no rerun could decide: commands, whose acks say from
/// which token on and whose own records say what they did, and rules whose time was over.
final class SettledOrders {
  private final LogReader log;

  SettledOrders(LogReader log) {
    this.log = log;
  }

  /// What took effect on one request.
  ///
  /// @param orders in the order of their first token
  /// @param lapses rules whose time was over
  record Found(List<Claim.Settled> orders, List<Lapse> lapses) {
    static final Found NOTHING = new Found(List.of(), List.of());

    static Found empty() {
      return new Found(new ArrayList<>(), new ArrayList<>());
    }
  }

  /// By request; every request asked for is there.
  Map<String, Found> read(TenantId tenant, long sinceMs, Set<String> requests) {
    Map<String, Found> found = new HashMap<>();
    requests.forEach(request -> found.put(request, Found.empty()));
    Map<String, RuleAck> acks = new HashMap<>();
    scan(tenant, Topics.RULE_ACKS, sinceMs, record -> note(record, found, acks));
    if (!acks.isEmpty()) {
      scan(tenant, Topics.COMMANDS, sinceMs, record -> match(record, acks, found));
    }
    found
        .values()
        .forEach(
            one ->
                one.orders()
                    .sort(
                        Comparator.comparingInt(
                            order -> order.tokenIndex().orElse(Integer.MAX_VALUE))));
    return found;
  }

  private static void note(
      ConsumerRecord<byte[], byte[]> record, Map<String, Found> found, Map<String, RuleAck> acks) {
    RuleAck ack = Topics.RULE_ACKS.value().decode(record.value()).value().orElse(null);
    if (ack == null || ack.request().filter(found::containsKey).isEmpty()) {
      return;
    }
    if (ack.kind() == RuleAck.Kind.LAPSED) {
      found
          .get(ack.request().get())
          .lapses()
          .add(new Lapse(ack.subject(), ack.revision(), ack.tokenIndex()));
    } else if (ack.subjectKind() == RuleAck.SubjectKind.COMMAND
        && ack.kind() != RuleAck.Kind.REFUSED) {
      // The `accepted` of a steer command already names its first token.
      acks.putIfAbsent(ack.subject(), ack);
    }
  }

  private static void match(
      ConsumerRecord<byte[], byte[]> record, Map<String, RuleAck> acks, Map<String, Found> found) {
    Command command = Topics.COMMANDS.value().decode(record.value()).value().orElse(null);
    if (command == null) {
      return;
    }
    String id = command.command().orElse(record.partition() + "-" + record.offset());
    RuleAck ack = acks.get(id);
    if (ack != null && ack.revision() == record.offset()) {
      found
          .get(ack.request().orElseThrow())
          .orders()
          .add(
              new Claim.Settled(
                  id, command, record.partition(), record.offset(), ack.tokenIndex()));
    }
  }

  private void scan(
      TenantId tenant,
      TenantTopic<String, ?> kind,
      long sinceMs,
      Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    String topic = kind.of(tenant).name();
    log.since(
        IntStream.range(0, log.partitions(topic))
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toSet()),
        sinceMs,
        sink);
  }
}
