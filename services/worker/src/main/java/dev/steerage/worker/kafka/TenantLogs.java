package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.topic.TenantTopic;
import dev.steerage.schemas.topic.Topics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for tenants: which rule logs and command topics there are, and where to begin reading.
final class TenantLogs implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(TenantLogs.class);

  private final Admin admin;
  private final LogReader offsets;
  private final int intervalMs;
  private final int commandMemoryMs;
  private final Consumer<Map<TenantId, Found>> sink;
  private final Object signal = new Object();
  private boolean asked;
  private volatile boolean closed;

  /// What a tenant has.
  ///
  /// @param rules the rule log, if there is one
  /// @param commands where to begin in each partition of the command topic
  record Found(Optional<RuleLog> rules, Map<TopicPartition, Long> commands) {}

  /// A rule log.
  ///
  /// @param end offset after its last record, when it was found
  record RuleLog(TopicPartition partition, String topicId, long end) {}

  /// @param commandMemoryMs how old a command may be that is still read
  /// @param sink is given all tenants after every look
  TenantLogs(
      Admin admin,
      LogReader offsets,
      int intervalMs,
      int commandMemoryMs,
      Consumer<Map<TenantId, Found>> sink) {
    this.admin = admin;
    this.offsets = offsets;
    this.intervalMs = intervalMs;
    this.commandMemoryMs = commandMemoryMs;
    this.sink = sink;
  }

  /// Look now. Any thread.
  void ask() {
    synchronized (signal) {
      asked = true;
      signal.notifyAll();
    }
  }

  void close() {
    closed = true;
    ask();
  }

  @Override
  public void run() {
    while (!closed) {
      try {
        sink.accept(look());
      } catch (KafkaException e) {
        LOG.atWarn().addKeyValue("cause", e.toString()).log("no look for tenants");
      } catch (InterruptedException e) {
        return;
      }
      await();
    }
  }

  private void await() {
    synchronized (signal) {
      try {
        if (!asked) {
          signal.wait(intervalMs);
        }
      } catch (InterruptedException e) {
        closed = true;
      }
      asked = false;
    }
  }

  Map<TenantId, Found> look() throws InterruptedException {
    try {
      Set<String> names = new TreeSet<>();
      for (String name : admin.listTopics().names().get()) {
        if (isRules(name) || isCommands(name)) {
          names.add(name);
        }
      }
      return found(admin.describeTopics(names).allTopicNames().get());
    } catch (ExecutionException e) {
      throw LogReader.failed(e);
    }
  }

  private Map<TenantId, Found> found(Map<String, TopicDescription> topics) {
    Map<TenantId, TopicDescription> rules = new TreeMap<>();
    Map<TenantId, List<TopicPartition>> commands = new TreeMap<>();
    long since = Math.max(0, System.currentTimeMillis() - commandMemoryMs);
    for (TopicDescription topic : topics.values()) {
      List<TopicPartition> partitions =
          topic.partitions().stream()
              .map(info -> new TopicPartition(topic.name(), info.partition()))
              .toList();
      tenant(Topics.RULES, topic.name()).ifPresent(tenant -> rules.put(tenant, topic));
      tenant(Topics.COMMANDS, topic.name()).ifPresent(tenant -> commands.put(tenant, partitions));
    }
    List<TopicPartition> logs =
        rules.values().stream().map(topic -> new TopicPartition(topic.name(), 0)).toList();
    Map<TopicPartition, Long> logEnds = offsets.offsets(logs, OffsetSpec.latest());
    List<TopicPartition> all = commands.values().stream().flatMap(List::stream).toList();
    Map<TopicPartition, Long> starts = offsets.offsets(all, OffsetSpec.forTimestamp(since));
    Map<TopicPartition, Long> commandEnds = offsets.offsets(all, OffsetSpec.latest());
    Map<TenantId, Found> found = new TreeMap<>();
    Set<TenantId> tenants = new TreeSet<>(rules.keySet());
    tenants.addAll(commands.keySet());
    for (TenantId tenant : tenants) {
      Map<TopicPartition, Long> from = new HashMap<>();
      for (TopicPartition partition : commands.getOrDefault(tenant, List.of())) {
        long start = starts.get(partition);
        from.put(partition, start < 0 ? commandEnds.get(partition) : start);
      }
      found.put(
          tenant,
          new Found(Optional.ofNullable(rules.get(tenant)).map(t -> log(t, logEnds)), from));
    }
    return found;
  }

  private static RuleLog log(TopicDescription topic, Map<TopicPartition, Long> ends) {
    var partition = new TopicPartition(topic.name(), 0);
    return new RuleLog(partition, topic.topicId().toString(), ends.get(partition));
  }

  private static boolean isRules(String name) {
    return tenant(Topics.RULES, name).isPresent();
  }

  private static boolean isCommands(String name) {
    return tenant(Topics.COMMANDS, name).isPresent();
  }

  private static Optional<TenantId> tenant(TenantTopic<?, ?> kind, String name) {
    return kind.tenantOf(name);
  }
}
