package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.CommitMetadata;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.tick.Tick;
import dev.steerage.worker.tick.TickBuffer;
import dev.steerage.worker.tick.TickEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The commit thread: one transaction per tick, with the offsets of every partition that is ours.
///
/// A tick that certainly was not written is written again, less what belongs to partitions that are
/// not ours any more. When nobody knows whether it was written, everything is dropped and rebuilt
/// from the log.
final class CommitLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CommitLoop.class);
  private static final long RETRY_PAUSE_MS = 50;
  private static final int ABORTS_MAX = 200;
  private static final int LOST_MAX = 5;

  private final Supplier<Producer<byte[], byte[]>> producers;
  private final TickBuffer ticks;
  private final TickRecords records;
  private final Ownership ownership;
  private final String workTopic;
  private final WorkerMetrics metrics;
  private final Consumer<TenantId> unwritable;
  private final Rebuild rebuild;
  private final PartitionLedger ledger = new PartitionLedger();
  private final Set<TenantId> gone = ConcurrentHashMap.newKeySet();
  private Producer<byte[], byte[]> producer;
  private int lostInARow;

  /// @param unwritable hears of tenants whose topics take no records
  CommitLoop(
      Supplier<Producer<byte[], byte[]>> producers,
      TickBuffer ticks,
      TickRecords records,
      Ownership ownership,
      String workTopic,
      WorkerMetrics metrics,
      Consumer<TenantId> unwritable,
      Rebuild rebuild) {
    this.producers = producers;
    this.ticks = ticks;
    this.records = records;
    this.ownership = ownership;
    this.workTopic = workTopic;
    this.metrics = metrics;
    this.unwritable = unwritable;
    this.rebuild = rebuild;
  }

  /// Starts again from the log; called on the commit thread.
  interface Rebuild {
    /// Returns when nothing runs any more.
    void dropAll() throws InterruptedException;

    /// Claims the work of every partition of ours again.
    void reclaim();
  }

  /// Takes over the transactional id: whatever a namesake left open is aborted first.
  void open() {
    producer = producers.get();
    producer.initTransactions();
  }

  @Override
  public void run() {
    try {
      for (Tick tick = ticks.take(); tick != null; tick = ticks.take()) {
        boolean lost = !commit(tick);
        ticks.done();
        if (lost) {
          startAgain();
        }
        tick.whenCommitted().forEach(Runnable::run);
      }
    } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
      LOG.atInfo().log("commit thread interrupted");
    } finally {
      producer.close(Duration.ZERO);
    }
  }

  /// The tenant's topics are not there any more. Any thread.
  void gone(TenantId tenant) {
    gone.add(tenant);
  }

  /// The tenant's topics are there. Any thread.
  void here(TenantId tenant) {
    gone.remove(tenant);
  }

  private boolean commit(Tick tick) throws InterruptedException {
    applyToLedger(tick.events());
    Ownership.View view = ownership.view();
    Set<TenantId> refusing = ConcurrentHashMap.newKeySet();
    for (int attempt = 1; attempt <= ABORTS_MAX; attempt++) {
      refusing.addAll(gone);
      List<TickEvent> events = ours(tick.events(), view, refusing);
      Map<TopicPartition, OffsetAndMetadata> offsets = offsets(events, view);
      if (offsets.isEmpty()) {
        return true;
      }
      long start = System.nanoTime();
      var outcome =
          TickTransaction.write(
              producer,
              records.of(events),
              offsets,
              view.member(),
              topic -> tenantOf(topic).filter(refusing::add).ifPresent(unwritable));
      metrics.commitSeconds().observe((System.nanoTime() - start) / 1e9);
      switch (outcome) {
        case COMMITTED -> {
          lostInARow = 0;
          ledger.release(released(events));
          return true;
        }
        case ABORTED -> {
          metrics.aborts().inc();
          view = ownership.awaitChange(view, RETRY_PAUSE_MS);
        }
        case LOST -> {
          return false;
        }
      }
    }
    return false;
  }

  private void applyToLedger(List<TickEvent> events) {
    for (TickEvent event : events) {
      switch (event) {
        case TickEvent.Adopted a ->
            ledger.adopt(
                a.partition(), a.assignment(), new CommitMetadata(a.taken(), a.unfinished()));
        case TickEvent.Taken t -> ledger.take(t.partition(), t.offset());
        case TickEvent.Said s when s.completion() instanceof Completion.Finished ->
            ledger.finish(s.partition(), s.origin().offset());
        case TickEvent.Skipped s -> ledger.finish(s.partition(), s.offset());
        case TickEvent.Said _,
            TickEvent.Remembered _,
            TickEvent.Released _,
            TickEvent.Chosen _,
            TickEvent.Paired _,
            TickEvent.Lost _,
            TickEvent.Scored _,
            TickEvent.Fired _,
            TickEvent.Acked _,
            TickEvent.Raised _,
            TickEvent.Watched _,
            TickEvent.RulesAcked _,
            TickEvent.Buried _ -> {}
      }
    }
  }

  private static Optional<TenantId> tenantOf(String topic) {
    return Topics.ofTenant().stream().flatMap(kind -> kind.tenantOf(topic).stream()).findFirst();
  }

  /// What may be written now: of partitions that are ours, for tenants whose topics take records.
  /// The others' topics must not hold up everybody's tick.
  private List<TickEvent> ours(
      List<TickEvent> events, Ownership.View view, Set<TenantId> refusing) {
    return events.stream()
        .filter(event -> isOurs(event.partition(), view))
        .filter(event -> event.tenantWrittenTo().filter(refusing::contains).isEmpty())
        .toList();
  }

  private boolean isOurs(int partition, Ownership.View view) {
    Long assignment = view.assignments().get(partition);
    return assignment != null && ledger.knows(partition, assignment);
  }

  /// Every partition of ours, whether it moved or not: the claim check covers them all, and a
  /// successor that asks for one of them waits until this transaction is over.
  private Map<TopicPartition, OffsetAndMetadata> offsets(
      List<TickEvent> events, Ownership.View view) {
    var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
    if (events.isEmpty() || view.member() == null) {
      return offsets;
    }
    for (int partition : ledger.partitions()) {
      if (isOurs(partition, view)) {
        CommitMetadata metadata = ledger.metadata(partition);
        offsets.put(
            new TopicPartition(workTopic, partition),
            new OffsetAndMetadata(metadata.lowWatermark(), metadata.encode()));
      }
    }
    for (TickEvent event : events) {
      if (event instanceof TickEvent.RulesAcked acked) {
        offsets.put(
            new TopicPartition(Topics.RULES.of(acked.tenant()).name(), 0),
            new OffsetAndMetadata(acked.next()));
      }
    }
    return offsets;
  }

  private static List<Integer> released(List<TickEvent> events) {
    return events.stream()
        .filter(TickEvent.Released.class::isInstance)
        .map(TickEvent::partition)
        .toList();
  }

  private void startAgain() throws InterruptedException {
    metrics.rebuilds().inc();
    if (++lostInARow > LOST_MAX) {
      throw new IllegalStateException(
          "commits lost in a row: count=" + lostInARow + ", limit=" + LOST_MAX);
    }
    LOG.atWarn().addKeyValue("inARow", lostInARow).log("rebuilding from the log");
    producer.close(Duration.ZERO);
    ledger.clear();
    rebuild.dropAll();
    TimeUnit.MILLISECONDS.sleep(RETRY_PAUSE_MS * lostInARow);
    open();
    rebuild.reclaim();
  }
}
