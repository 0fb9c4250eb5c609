package dev.steerage.worker.kafka;

import dev.steerage.schemas.topic.CommitMetadata;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.generation.Intake;
import dev.steerage.worker.generation.WorkItem;
import dev.steerage.worker.tick.TickBuffer;
import dev.steerage.worker.tick.TickEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The poll thread: it only polls. Records go to the token loop's queue; at the queue's limit the
/// partitions are paused. A partition that became ours stays paused until its claims were read.
final class WorkPoller implements Runnable, ConsumerRebalanceListener {
  private static final Logger LOG = LoggerFactory.getLogger(WorkPoller.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final long HAND_OVER_MS = 2_000;
  private static final long DROP_S = 20;

  private final Consumer<byte[], byte[]> consumer;
  private final String workTopic;
  private final WorkRecords works;
  private final Intake intake;
  private final TickBuffer ticks;
  private final Ownership ownership;
  private final Recovery recovery;
  private final int queuedMax;
  private final WorkerMetrics metrics;

  private final Queue<Result> results = new ConcurrentLinkedQueue<>();
  private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile boolean closed;
  private volatile boolean silent;
  private volatile boolean draining;

  // Poll thread only.
  private final Map<Integer, Long> recovering = new HashMap<>();
  private long epoch;
  private boolean full;
  private boolean assigned;

  /// Reads claims on a thread of its own and answers with [WorkPoller#recovered].
  interface Recovery {
    void read(Set<Integer> partitions, long epoch);

    /// A partition's claims are in the tick and its requests in the queue.
    void adopted(int partition);

    /// The group was assigned anew: who leads, and who is in it, may have changed.
    void membershipChanged(Set<Integer> partitions);
  }

  private record Result(long epoch, List<ClaimReader.Found> found) {}

  WorkPoller(
      Consumer<byte[], byte[]> consumer,
      String workTopic,
      WorkRecords works,
      Intake intake,
      TickBuffer ticks,
      Ownership ownership,
      Recovery recovery,
      int queuedMax,
      WorkerMetrics metrics) {
    this.consumer = consumer;
    this.workTopic = workTopic;
    this.works = works;
    this.intake = intake;
    this.ticks = ticks;
    this.ownership = ownership;
    this.recovery = recovery;
    this.queuedMax = queuedMax;
    this.metrics = metrics;
  }

  /// Completes when the group was joined and the claims of our partitions were read.
  CompletableFuture<Void> ready() {
    return ready;
  }

  /// Claims that were read. Any thread.
  void recovered(long forEpoch, List<ClaimReader.Found> found) {
    results.add(new Result(forEpoch, found));
    consumer.wakeup();
  }

  /// Pauses everything and ends every request. Any other thread; returns when done.
  void dropAll() throws InterruptedException {
    var done = new CompletableFuture<Void>();
    calls.add(
        () -> {
          hold(partitionsOf(consumer.assignment()));
          drop(partitionsOf(consumer.assignment()));
          ticks.forgetAll();
          done.complete(null);
        });
    consumer.wakeup();
    try {
      done.get(DROP_S, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("requests not dropped: waited " + DROP_S + " s", e);
    }
  }

  /// Reads the claims of all our partitions again. Any thread.
  void reclaim() {
    calls.add(
        () -> {
          Set<Integer> all = partitionsOf(consumer.assignment());
          hold(all);
          recovery.read(all, epoch);
        });
    consumer.wakeup();
  }

  /// Hands the partitions over and leaves the group.
  void close() {
    closed = true;
    consumer.wakeup();
  }

  /// Goes away without a word: the group notices after the session timeout.
  void halt() {
    silent = true;
    close();
  }

  @Override
  public void run() {
    try {
      consumer.subscribe(List.of(workTopic), this);
      while (!closed) {
        pollOnce();
      }
    } catch (RuntimeException e) {
      ready.completeExceptionally(e);
      throw e;
    } finally {
      // Leaving the group tells the broker at once; the partitions go on without a session timeout.
      consumer.close(
          silent
              ? CloseOptions.groupMembershipOperation(
                      CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP)
                  .withTimeout(Duration.ZERO)
              : CloseOptions.timeout(Duration.ofSeconds(5)));
      ready.cancel(false);
    }
  }

  private void pollOnce() {
    try {
      for (Runnable call = calls.poll(); call != null; call = calls.poll()) {
        call.run();
      }
      for (Result result = results.poll(); result != null; result = results.poll()) {
        adopt(result);
      }
      throttle();
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        take(record);
      }
      ownership.member(consumer.groupMetadata());
      if (assigned && recovering.isEmpty()) {
        ready.complete(null);
      }
    } catch (WakeupException e) {
      // Somebody queued a call or a result.
      return;
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    List<TickEvent> events = new ArrayList<>();
    events.add(new TickEvent.Taken(record.partition(), record.offset()));
    Optional<WorkItem> item = works.read(record);
    if (item.isEmpty()) {
      events.add(new TickEvent.Skipped(record.partition(), record.offset()));
    }
    ticks.add(events, false);
    item.ifPresent(work -> intake.arrived(work, Optional.empty()));
  }

  /// Takes no more work; what was taken goes on. Any thread.
  void drain() {
    draining = true;
    consumer.wakeup();
  }

  private void throttle() {
    if (draining) {
      consumer.pause(consumer.assignment());
      return;
    }
    int queued = intake.queued();
    metrics.queued().set(queued);
    if (!full && queued >= queuedMax) {
      full = true;
      metrics.paused().inc();
      consumer.pause(consumer.assignment());
    } else if (full && queued < queuedMax / 2) {
      full = false;
      consumer.resume(flowing());
    }
  }

  private Set<TopicPartition> flowing() {
    return consumer.assignment().stream()
        .filter(partition -> !recovering.containsKey(partition.partition()))
        .collect(Collectors.toSet());
  }

  private void adopt(Result result) {
    for (ClaimReader.Found found : result.found()) {
      if (!Long.valueOf(result.epoch()).equals(recovering.get(found.partition()))) {
        continue;
      }
      recovering.remove(found.partition());
      CommitMetadata committed = found.committed();
      ticks.add(
          List.of(
              new TickEvent.Adopted(
                  found.partition(),
                  ownership.view().assignments().get(found.partition()),
                  committed.taken(),
                  committed.unfinished())),
          false);
      skipMissing(found);
      intake.remembered(found.partition(), found.sessions());
      found.requests().forEach(request -> intake.arrived(request.item(), request.claim()));
      recovery.adopted(found.partition());
      var partition = new TopicPartition(workTopic, found.partition());
      consumer.seek(partition, committed.taken());
      if (!full && !draining) {
        consumer.resume(Set.of(partition));
      }
    }
  }

  /// Unfinished records that are gone (retention) or unreadable will never finish.
  private void skipMissing(ClaimReader.Found found) {
    Set<Long> missing = new HashSet<>(found.committed().unfinished());
    found.requests().forEach(request -> missing.remove(request.item().origin().offset()));
    List<TickEvent> skipped = new ArrayList<>();
    missing.forEach(offset -> skipped.add(new TickEvent.Skipped(found.partition(), offset)));
    ticks.add(skipped, false);
  }

  private void hold(Set<Integer> partitions) {
    epoch++;
    partitions.forEach(partition -> recovering.put(partition, epoch));
    consumer.pause(
        partitions.stream().map(p -> new TopicPartition(workTopic, p)).collect(Collectors.toSet()));
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    ownership.member(consumer.groupMetadata());
    Set<Integer> fresh = partitionsOf(partitions);
    LOG.atInfo().addKeyValue("partitions", fresh).log("work assigned");
    assigned = true;
    if (!fresh.isEmpty()) {
      ownership.add(fresh);
      hold(fresh);
      // A position of our own, so that poll never waits for a committed one.
      partitions.forEach(partition -> consumer.seek(partition, 0));
      recovery.read(fresh, epoch);
    }
    recovery.membershipChanged(ownership.view().partitions());
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    ownership.member(consumer.groupMetadata());
    Set<Integer> gone = partitionsOf(partitions);
    if (gone.isEmpty() || silent) {
      return;
    }
    LOG.atInfo().addKeyValue("partitions", gone).log("work handed over");
    gone.forEach(recovering::remove);
    drop(gone);
    handOver(gone);
    ownership.remove(gone);
    recovery.membershipChanged(ownership.view().partitions());
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    Set<Integer> gone = partitionsOf(partitions);
    LOG.atWarn().addKeyValue("partitions", gone).log("work lost");
    metrics.lost().inc();
    ownership.remove(gone);
    gone.forEach(recovering::remove);
    drop(gone);
    ticks.forget(gone);
    recovery.membershipChanged(ownership.view().partitions());
  }

  /// Everything decoded so far is committed before the next owner looks.
  private void handOver(Set<Integer> gone) {
    ticks.add(gone.stream().<TickEvent>map(TickEvent.Released::new).toList(), true);
    var committed = new CountDownLatch(1);
    ticks.flush(committed::countDown);
    try {
      if (!committed.await(HAND_OVER_MS, TimeUnit.MILLISECONDS)) {
        LOG.atWarn().addKeyValue("partitions", gone).log("handed over with a tick open");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void drop(Set<Integer> partitions) {
    try {
      intake.drop(partitions);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Set<Integer> partitionsOf(Collection<TopicPartition> partitions) {
    return partitions.stream().map(TopicPartition::partition).collect(Collectors.toSet());
  }
}
