package dev.steerage.worker.kafka;

import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.WorkerConfig;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.generation.Recording;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.generation.WorkItem;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.tick.CodeFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/// Reads back everything that was written about one completion.
public final class RecordingReader implements AutoCloseable {
  private static final Duration STRETCH = Duration.ofMinutes(5);

  private final Admin admin;
  private final LogReader log;
  private final WorkRecords works;
  private final String workTopic;

  public RecordingReader(WorkerConfig config, WorkerMetrics metrics) {
    var clients = new KafkaClients(config);
    admin = clients.admin();
    log = new LogReader(admin, clients.reader("replay"), STRETCH);
    works = new WorkRecords(Topics.work(config.modelName()).value(), metrics);
    workTopic = Topics.work(config.modelName()).name();
  }

  /// The recording of a request; empty if no worker of this model began it, or retention took it.
  public Optional<Recording> read(TenantId tenant, String request, ServedModel model) {
    List<Completion.Started> started = new ArrayList<>();
    TreeMap<Integer, Completion.Token> tokens = new TreeMap<>();
    all(
        keyed(Topics.COMPLETIONS.of(tenant).name(), request),
        record -> {
          Completion completion =
              Topics.COMPLETIONS.value().decode(record.value()).value().orElse(null);
          if (completion == null || !completion.request().equals(request)) {
            return;
          }
          switch (completion) {
            case Completion.Started s when s.model().equals(model.name()) -> started.add(s);
            case Completion.Tokens t ->
                t.tokens().forEach(token -> tokens.put(token.index(), token));
            case Completion.Started _,
                Completion.Paired _,
                Completion.Finished _,
                Completion.Duplicate _ -> {}
          }
        });
    Optional<WorkItem> item = item(tenant, request);
    if (started.isEmpty() || item.isEmpty()) {
      return Optional.empty();
    }
    var settled = new SettledOrders(log).read(tenant, 0, Set.of(request)).get(request);
    return Optional.of(
        new Recording(
            item.get(),
            started.getFirst(),
            started.stream()
                .map(s -> new Recording.Attempt(s.resumedAt(), s.numericClass()))
                .toList(),
            List.copyOf(tokens.values()),
            settled.orders(),
            settled.lapses(),
            codes(tenant, request, model)));
  }

  private Optional<WorkItem> item(TenantId tenant, String request) {
    List<WorkItem> found = new ArrayList<>();
    all(
        partitions(workTopic),
        record ->
            works
                .read(record)
                .filter(item -> item.origin().tenant().equals(tenant))
                .filter(item -> item.origin().request().equals(request))
                .ifPresent(found::add));
    return found.stream().findFirst();
  }

  private Map<Integer, int[]> codes(TenantId tenant, String request, ServedModel model) {
    Map<Integer, int[]> codes = new HashMap<>();
    var decoder = new ActivationsDecoder();
    all(
        keyed(Topics.ACTIVATIONS.of(tenant).name(), request),
        record -> {
          if (record.value() != null
              && decoder.wrap(record.value()).isEmpty()
              && decoder.request().equals(request)) {
            copy(decoder, model.layout(), codes);
          }
        });
    return codes;
  }

  private static void copy(
      ActivationsDecoder decoder, CodeFrame.Layout layout, Map<Integer, int[]> codes) {
    for (int i = 0; i < decoder.positions(); i++) {
      int[] row = new int[layout.slots()];
      Arrays.fill(row, -1);
      for (int site = 0; site < decoder.sites(); site++) {
        int at = layout.offset(decoder.siteIndex(site));
        for (int slot = 0; slot < decoder.slots(site); slot++) {
          row[at + slot] = decoder.code(i, site, slot);
        }
      }
      codes.put(decoder.firstPosition() + i, row);
    }
  }

  /// The tenant's rule log, judged for this model.
  public TenantRules rules(TenantId tenant, ServedModel model) {
    RuleQuota quota = quota(tenant);
    var rules = new TenantRules(model.shape(), () -> quota);
    String topic = Topics.RULES.of(tenant).name();
    all(
        partitions(topic),
        record ->
            rules.append(
                record.offset(),
                record.timestamp(),
                TenantFollower.text(record.key()),
                record.value() == null
                    ? Decoded.bad(Refusal.MALFORMED, "no value")
                    : Topics.RULES.value().decode(record.value())));
    topicId(topic).ifPresent(id -> rules.topicIds(Map.of(topic, id)));
    return rules;
  }

  private RuleQuota quota(TenantId tenant) {
    AtomicReference<RuleQuota> found = new AtomicReference<>(RuleQuota.NONE);
    all(
        Set.of(new TopicPartition(Topics.TENANTS.name(), 0)),
        record -> {
          if (record.value() != null && tenant.name().equals(TenantFollower.text(record.key()))) {
            Topics.TENANTS
                .value()
                .decode(record.value())
                .value()
                .map(TenantQuota::rules)
                .ifPresent(found::set);
          }
        });
    return found.get();
  }

  private Optional<String> topicId(String topic) {
    try {
      return Optional.of(
          admin
              .describeTopics(List.of(topic))
              .allTopicNames()
              .get()
              .get(topic)
              .topicId()
              .toString());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw LogReader.failed(e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  private Set<TopicPartition> keyed(String topic, String key) {
    int count = log.partitions(topic);
    return count == 0 ? Set.of() : Set.of(new TopicPartition(topic, Topics.partition(key, count)));
  }

  private Set<TopicPartition> partitions(String topic) {
    return IntStream.range(0, log.partitions(topic))
        .mapToObj(partition -> new TopicPartition(topic, partition))
        .collect(Collectors.toSet());
  }

  private void all(
      Set<TopicPartition> partitions,
      java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> sink) {
    log.read(
        log.offsets(partitions, OffsetSpec.earliest()),
        log.offsets(partitions, OffsetSpec.latest()),
        sink);
  }

  @Override
  public void close() {
    log.close();
    admin.close(Duration.ofSeconds(1));
  }
}
