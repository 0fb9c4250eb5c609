package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.TenantTopic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.Claim;
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

/// Finds the commands that took effect on requests: their acks say from which token on, their own
/// records say what they did.
final class SettledOrders {
  private final LogReader log;

  SettledOrders(LogReader log) {
    this.log = log;
  }

  /// By request, in the order of their first token.
  Map<String, List<Claim.Settled>> read(TenantId tenant, long sinceMs, Set<String> requests) {
    Map<String, RuleAck> acks = new HashMap<>();
    scan(tenant, Topics.RULE_ACKS, sinceMs, record -> note(record, requests, acks));
    Map<String, List<Claim.Settled>> settled = new HashMap<>();
    if (acks.isEmpty()) {
      return settled;
    }
    scan(tenant, Topics.COMMANDS, sinceMs, record -> match(record, acks, settled));
    settled
        .values()
        .forEach(
            orders ->
                orders.sort(
                    Comparator.comparingInt(
                        order -> order.tokenIndex().orElse(Integer.MAX_VALUE))));
    return settled;
  }

  private static void note(
      ConsumerRecord<byte[], byte[]> record, Set<String> requests, Map<String, RuleAck> acks) {
    RuleAck ack = Topics.RULE_ACKS.value().decode(record.value()).value().orElse(null);
    if (ack != null
        && ack.subjectKind() == RuleAck.SubjectKind.COMMAND
        && ack.kind() != RuleAck.Kind.REFUSED
        && ack.request().filter(requests::contains).isPresent()) {
      // The `accepted` of a steer command already names its first token.
      acks.putIfAbsent(ack.subject(), ack);
    }
  }

  private static void match(
      ConsumerRecord<byte[], byte[]> record,
      Map<String, RuleAck> acks,
      Map<String, List<Claim.Settled>> settled) {
    Command command = Topics.COMMANDS.value().decode(record.value()).value().orElse(null);
    if (command == null) {
      return;
    }
    String id = command.command().orElse(record.partition() + "-" + record.offset());
    RuleAck ack = acks.get(id);
    if (ack != null && ack.revision() == record.offset()) {
      settled
          .computeIfAbsent(ack.request().orElseThrow(), _ -> new ArrayList<>())
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
