package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.schemas.topic.CommitMetadata;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.Claim;
import dev.steerage.worker.generation.WorkItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/// Finds out, when a partition becomes ours, what was unfinished there and how far it came.
final class ClaimReader {
  /// Clocks of the writers may differ by so much.
  private static final long CLOCK_SKEW_MS = 60_000;

  private final LogReader log;
  private final Offsets offsets;
  private final String workTopic;
  private final Topic<String, SessionState> sessions;
  private final WorkRecords works;

  /// The group's committed offsets; answers only when no transaction holds one back.
  interface Offsets {
    Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions);
  }

  ClaimReader(LogReader log, Offsets offsets, String model, WorkRecords works) {
    this.log = log;
    this.offsets = offsets;
    this.workTopic = Topics.work(model).name();
    this.sessions = Topics.sessions(model);
    this.works = works;
  }

  /// What a partition held when it became ours.
  ///
  /// @param requests unfinished ones, oldest first
  /// @param sessions what the sessions had come to
  record Found(
      int partition,
      CommitMetadata committed,
      List<Unfinished> requests,
      List<SessionState> sessions) {}

  /// A request that was taken and not finished; without a claim nothing was written about it.
  record Unfinished(WorkItem item, Optional<Claim> claim) {}

  List<Found> read(Set<Integer> partitions) {
    Map<Integer, CommitMetadata> committed = committed(partitions);
    List<WorkItem> items = unfinishedItems(committed);
    Map<Integer, Map<String, SessionState>> remembered = sessions(partitions);
    Map<String, Claim> claims = new HashMap<>();
    items.stream()
        .collect(Collectors.groupingBy(item -> item.origin().tenant()))
        .forEach((tenant, own) -> claims.putAll(claims(tenant, own)));
    return committed.entrySet().stream()
        .map(
            entry ->
                new Found(
                    entry.getKey(),
                    entry.getValue(),
                    items.stream()
                        .filter(item -> item.origin().partition() == entry.getKey())
                        .map(
                            item ->
                                new Unfinished(
                                    item, Optional.ofNullable(claims.get(item.origin().key()))))
                        .toList(),
                    List.copyOf(remembered.getOrDefault(entry.getKey(), Map.of()).values())))
        .toList();
  }

  /// The last state of each session; compaction may have left earlier ones.
  private Map<Integer, Map<String, SessionState>> sessions(Set<Integer> partitions) {
    Set<TopicPartition> asked =
        partitions.stream()
            .map(p -> new TopicPartition(sessions.name(), p))
            .collect(Collectors.toSet());
    Map<Integer, Map<String, SessionState>> found = new HashMap<>();
    log.read(
        log.offsets(asked, OffsetSpec.earliest()),
        log.offsets(asked, OffsetSpec.latest()),
        record -> {
          Map<String, SessionState> states =
              found.computeIfAbsent(record.partition(), _ -> new LinkedHashMap<>());
          String key = TenantFollower.text(record.key());
          states.remove(key);
          if (record.value() != null) {
            sessions.value().decode(record.value()).value().ifPresent(s -> states.put(key, s));
          }
        });
    return found;
  }

  private Map<Integer, CommitMetadata> committed(Set<Integer> partitions) {
    Set<TopicPartition> asked =
        partitions.stream().map(p -> new TopicPartition(workTopic, p)).collect(Collectors.toSet());
    Map<TopicPartition, OffsetAndMetadata> answer = offsets.committed(asked);
    Map<TopicPartition, Long> begin = log.offsets(asked, OffsetSpec.earliest());
    Map<Integer, CommitMetadata> found = new TreeMap<>();
    for (TopicPartition partition : asked) {
      OffsetAndMetadata at = answer.get(partition);
      found.put(
          partition.partition(),
          at == null
              ? new CommitMetadata(begin.get(partition), List.of())
              : CommitMetadata.decode(at.offset(), at.metadata()));
    }
    return found;
  }

  private List<WorkItem> unfinishedItems(Map<Integer, CommitMetadata> committed) {
    Map<TopicPartition, Long> from = new HashMap<>();
    Map<TopicPartition, Long> to = new HashMap<>();
    committed.forEach(
        (partition, metadata) -> {
          if (!metadata.unfinished().isEmpty()) {
            from.put(new TopicPartition(workTopic, partition), metadata.lowWatermark());
            to.put(new TopicPartition(workTopic, partition), metadata.taken());
          }
        });
    List<WorkItem> items = new ArrayList<>();
    log.read(
        from,
        to,
        record -> {
          if (committed.get(record.partition()).unfinished().contains(record.offset())) {
            works.read(record).ifPresent(items::add);
          }
        });
    return items;
  }

  private Map<String, Claim> claims(TenantId tenant, List<WorkItem> items) {
    Set<String> requests =
        items.stream().map(item -> item.origin().request()).collect(Collectors.toSet());
    long since =
        items.stream().mapToLong(WorkItem::timestampMs).min().orElseThrow() - CLOCK_SKEW_MS;
    Map<String, History> histories = new HashMap<>();
    String completions = Topics.COMPLETIONS.of(tenant).name();
    int count = log.partitions(completions);
    if (count == 0) {
      return Map.of();
    }
    Set<TopicPartition> where =
        requests.stream()
            .map(request -> new TopicPartition(completions, Topics.partition(request, count)))
            .collect(Collectors.toSet());
    log.since(where, Math.max(0, since), record -> note(record, requests, histories));
    histories.values().removeIf(history -> history.started == null);
    if (!histories.isEmpty()) {
      new SettledOrders(log)
          .read(tenant, Math.max(0, since), histories.keySet())
          .forEach((request, settled) -> histories.get(request).settled = settled);
    }
    Map<String, Claim> claims = new HashMap<>();
    histories.forEach(
        (request, history) ->
            claims.put(
                dev.steerage.worker.tick.RequestOrigin.key(tenant, request), history.claim()));
    return claims;
  }

  private static void note(
      ConsumerRecord<byte[], byte[]> record, Set<String> requests, Map<String, History> histories) {
    Completion completion = Topics.COMPLETIONS.value().decode(record.value()).value().orElse(null);
    if (completion == null || !requests.contains(completion.request())) {
      return;
    }
    History history = histories.computeIfAbsent(completion.request(), _ -> new History());
    switch (completion) {
      case Completion.Started started -> {
        history.started = history.started == null ? started : history.started;
        history.attempt = Math.max(history.attempt, started.attempt());
      }
      case Completion.Tokens tokens ->
          tokens.tokens().forEach(token -> history.tokens.put(token.index(), token));
      case Completion.Paired paired -> {
        paired.tokens().forEach(token -> history.twin.put(token.index(), token.id()));
        paired.ended().ifPresent(history.ends::add);
      }
      case Completion.Finished _, Completion.Duplicate _ -> {}
    }
  }

  /// What was read about one request.
  private static final class History {
    private final TreeMap<Integer, Completion.Token> tokens = new TreeMap<>();
    private final TreeMap<Integer, Integer> twin = new TreeMap<>();
    private final List<Completion.HalfEnd> ends = new ArrayList<>();
    private SettledOrders.Found settled = SettledOrders.Found.NOTHING;
    private Completion.Started started;
    private int attempt;

    Claim claim() {
      return new Claim(
          started,
          attempt,
          List.copyOf(tokens.values()),
          settled.orders(),
          settled.lapses(),
          new Claim.Twin(List.copyOf(twin.values()), ends));
    }
  }
}
