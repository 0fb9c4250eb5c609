package dev.steerage.worker.kafka;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.WorkerConfig;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.generation.Intake;
import dev.steerage.worker.generation.Order;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.rules.Refused;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.share.TenantQuotas;
import dev.steerage.worker.tick.TickBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All of a worker that touches Kafka, wired: who polls, who follows, who claims, who commits.
public final class KafkaSide implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSide.class);
  private static final Duration STRETCH = Duration.ofSeconds(30);
  private static final int CLAIM_PAUSE_MS = 200;

  private final WorkerConfig config;
  private final ServedModel model;
  private final Intake intake;
  private final RuleRegistry registry;
  private final TenantQuotas quotas;
  private final TickBuffer ticks;
  private final WorkerMetrics metrics;
  private final Consumer<Throwable> failed;

  private final Admin admin;
  private final Producer<byte[], byte[]> plain;
  private final ModelCards cards;
  private final AckDesk acks;
  private final ExecutorService ackThread;
  private final ExecutorService claimThread;
  private final List<AutoCloseable> readers = new ArrayList<>();
  private final ClaimReader claims;
  private final TenantFollower follower;
  private final TenantLogs tenants;
  private final QuotaFollower quotaFollower;
  private final CommitLoop commits;
  private final WorkPoller poller;
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closing;

  /// @param wake lets the token loop look again at what waits
  /// @param failed hears of the first error that this worker cannot live with
  public KafkaSide(
      WorkerConfig config,
      ServedModel model,
      Intake intake,
      RuleRegistry registry,
      TenantQuotas quotas,
      TickBuffer ticks,
      WorkerMetrics metrics,
      Runnable wake,
      Consumer<Throwable> failed) {
    this.config = config;
    this.model = model;
    this.intake = intake;
    this.registry = registry;
    this.quotas = quotas;
    this.ticks = ticks;
    this.metrics = metrics;
    this.failed = failed;
    var clients = new KafkaClients(config);
    String workTopic = Topics.work(model.name()).name();
    admin = clients.admin();
    requireBroker();
    plain = clients.plain();
    ackThread = Executors.newSingleThreadExecutor(named("acks"));
    claimThread = Executors.newSingleThreadExecutor(named("claims"));
    var ackLog = new LogReader(admin, clients.reader("ack-log"), STRETCH);
    readers.add(ackLog);
    cards = new ModelCards(admin, ackLog, plain, model, config.limits());
    acks = newAckDesk(clients, ackLog);
    var works = new WorkRecords(Topics.work(model.name()).value(), metrics);
    claims = newClaimReader(clients, works);
    follower =
        new TenantFollower(
            clients.reader("rules"),
            model.shape(),
            quotas::rules,
            registry,
            intake,
            new RuleEvents(wake));
    tenants =
        new TenantLogs(
            admin,
            new LogReader(admin, null, STRETCH),
            config.timing().discoveryMs(),
            config.timing().commandHoldMs(),
            follower::discovered);
    registry.discovery(tenants::ask);
    quotaFollower = new QuotaFollower(clients.reader("quotas"), quotas);
    var ownership = new Ownership();
    commits = commitLoop(clients, ownership, workTopic);
    poller = workPoller(clients, ownership, workTopic, works);
  }

  private CommitLoop commitLoop(KafkaClients clients, Ownership ownership, String workTopic) {
    return new CommitLoop(
        clients::transactional,
        ticks,
        new TickRecords(model, config.name(), registry),
        ownership,
        workTopic,
        metrics,
        intake::abandon,
        new FromTheLog());
  }

  private WorkPoller workPoller(
      KafkaClients clients, Ownership ownership, String workTopic, WorkRecords works) {
    return new WorkPoller(
        clients.member(),
        workTopic,
        works,
        intake,
        ticks,
        ownership,
        new Claiming(),
        config.limits().queued(),
        metrics);
  }

  private AckDesk newAckDesk(KafkaClients clients, LogReader ackLog) {
    var offsets = clients.groupOffsets("ack-offsets");
    readers.add(offsets);
    return new AckDesk(
        ackThread, offsets::committed, ackLog, registry, cards, model.name(), config.name(), ticks);
  }

  private ClaimReader newClaimReader(KafkaClients clients, WorkRecords works) {
    var offsets = clients.groupOffsets("claim-offsets");
    var log = new LogReader(admin, clients.reader("claim-log"), STRETCH);
    readers.addAll(List.of(offsets, log));
    return new ClaimReader(log, offsets::committed, model.name(), works);
  }

  /// Follows the tenants; returns when their rule logs were read to the end.
  public void follow(Duration deadline) throws InterruptedException {
    commits.open();
    cards.refresh();
    run("commit", commits);
    run("quotas", quotaFollower);
    // Rules are judged by them.
    await(quotaFollower.ready(), "the tenants' quotas", deadline);
    run("rules", follower);
    run("tenants", tenants);
    await(follower.ready(), "the rule logs", deadline);
  }

  /// Joins the model's workers; returns when this worker's share of the work is claimed.
  public void join(Duration deadline) throws InterruptedException {
    run("work", poller);
    await(poller.ready(), "the worker group", deadline);
    // Where this worker leads, the model's card is written by now.
    await(CompletableFuture.runAsync(() -> {}, ackThread), "the model card", deadline);
  }

  /// A command whose request did not come. Any thread.
  public void unknown(Order order) {
    acks.unknown(order);
  }

  private void requireBroker() {
    try {
      FinalizedVersionRange version =
          admin
              .describeFeatures()
              .featureMetadata()
              .get()
              .finalizedFeatures()
              .get("transaction.version");
      if (version == null || version.maxVersionLevel() < 2) {
        throw new IllegalStateException(
            "broker: transaction.version="
                + (version == null ? "none" : version.maxVersionLevel())
                + ", expected 2 or more: a delayed commit could end the next transaction");
      }
      Set<String> names = admin.listTopics().names().get();
      for (Topic<?, ?> topic : Topics.ofModel(model.name())) {
        if (!names.contains(topic.name())) {
          throw new IllegalStateException(
              "topic " + topic.name() + " is missing: provision it first");
        }
      }
    } catch (ExecutionException e) {
      throw LogReader.failed(e);
    } catch (InterruptedException e) {
      throw new org.apache.kafka.common.errors.InterruptException(e);
    }
  }

  private void run(String role, Runnable body) {
    Thread thread = named(role).newThread(() -> guard(role, body));
    threads.add(thread);
    thread.start();
  }

  private void guard(String role, Runnable body) {
    try {
      body.run();
    } catch (Throwable e) {
      if (!closing) {
        LOG.atError().setCause(e).addKeyValue("role", role).log("worker thread ended");
        failed.accept(e);
      }
    }
  }

  private java.util.concurrent.ThreadFactory named(String role) {
    return body -> new Thread(body, "worker-" + model.name() + "-" + role);
  }

  private static void await(CompletableFuture<Void> done, String what, Duration deadline)
      throws InterruptedException {
    try {
      done.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IllegalStateException("worker not ready: waited " + deadline + " for " + what, e);
    }
  }

  /// Takes no more work. Any thread.
  public void drain() {
    poller.drain();
  }

  /// Leaves the group with everything committed: the next owner goes on at the next token.
  @Override
  public void close() {
    closing = true;
    ackThread.execute(this::leaveCard);
    poller.close();
    join("work");
    tenants.close();
    quotaFollower.close();
    follower.close();
    ticks.close();
    join("commit");
    join("rules");
    join("tenants");
    join("quotas");
    end();
  }

  /// Stops as a killed process does: nothing is committed, nobody is told.
  public void halt() {
    closing = true;
    poller.halt();
    threads.stream().filter(t -> t.getName().endsWith("-commit")).forEach(Thread::interrupt);
    tenants.close();
    quotaFollower.close();
    follower.close();
    threads.forEach(KafkaSide::join);
    end();
  }

  private void end() {
    claimThread.shutdownNow();
    ackThread.shutdownNow();
    for (ExecutorService executor : List.of(claimThread, ackThread)) {
      try {
        executor.awaitTermination(5, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    for (AutoCloseable reader : readers) {
      try {
        reader.close();
      } catch (Exception e) {
        LOG.atWarn().addKeyValue("cause", e.toString()).log("reader not closed");
      }
    }
    plain.close(Duration.ofSeconds(1));
    admin.close(Duration.ofSeconds(1));
  }

  private void leaveCard() {
    try {
      if (acks.isLeading()) {
        cards.publish(Set.of(config.name()));
      }
    } catch (KafkaException e) {
      LOG.atWarn().addKeyValue("cause", e.toString()).log("model card not updated");
    }
  }

  private void join(String role) {
    threads.stream().filter(t -> t.getName().endsWith("-" + role)).forEach(KafkaSide::join);
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// What the rule thread reports.
  private final class RuleEvents implements TenantFollower.Listener {
    private final Runnable wake;

    RuleEvents(Runnable wake) {
      this.wake = wake;
    }

    @Override
    public void ruleRead(TenantId tenant, TenantRules rules) {
      acks.changed(tenant, rules);
    }

    @Override
    public void unreadable(
        ConsumerRecord<byte[], byte[]> record, TenantId tenant, Decoded.Bad<?> why) {
      acks.unreadable(record, tenant, new Refused(why.refusal(), why.detail()));
    }

    @Override
    public void here(TenantId tenant) {
      commits.here(tenant);
    }

    @Override
    public void gone(TenantId tenant) {
      commits.gone(tenant);
      intake.abandon(tenant);
    }

    @Override
    public void wake() {
      wake.run();
    }
  }

  /// What the commit thread does when nobody knows what was written.
  private final class FromTheLog implements CommitLoop.Rebuild {
    @Override
    public void dropAll() throws InterruptedException {
      acks.rest();
      // An answer that was being made is in the tick before the tick is emptied.
      await(CompletableFuture.runAsync(() -> {}, ackThread), "the last ack", STRETCH);
      poller.dropAll();
    }

    @Override
    public void reclaim() {
      poller.reclaim();
    }
  }

  /// What the poll thread leaves to others.
  private final class Claiming implements WorkPoller.Recovery {
    @Override
    public void read(Set<Integer> partitions, long epoch) {
      try {
        claimThread.execute(() -> claim(partitions, epoch));
      } catch (RejectedExecutionException e) {
        // Closing.
        return;
      }
    }

    private void claim(Set<Integer> partitions, long epoch) {
      while (!closing) {
        try {
          poller.recovered(epoch, claims.read(partitions));
          return;
        } catch (org.apache.kafka.common.errors.InterruptException e) {
          return;
        } catch (KafkaException e) {
          // The broker is away or a transaction is open; the partitions stay paused meanwhile.
          LOG.atWarn().addKeyValue("cause", e.toString()).log("claims not read yet");
          if (!pause()) {
            return;
          }
        }
      }
    }

    private boolean pause() {
      try {
        TimeUnit.MILLISECONDS.sleep(CLAIM_PAUSE_MS);
        return true;
      } catch (InterruptedException e) {
        return false;
      }
    }

    @Override
    public void adopted(int partition) {
      if (partition == AckDesk.LEADING_PARTITION) {
        acks.lead();
        publishCard();
      }
    }

    @Override
    public void membershipChanged(Set<Integer> partitions) {
      quotas.part(partitions.size(), Topics.work(model.name()).settings().partitions());
      if (!partitions.contains(AckDesk.LEADING_PARTITION)) {
        acks.rest();
      }
      publishCard();
    }

    private void publishCard() {
      if (acks.isLeading() && !closing) {
        ackThread.execute(
            () -> {
              try {
                cards.publish(Set.of());
              } catch (KafkaException e) {
                LOG.atWarn().addKeyValue("cause", e.toString()).log("model card not written");
              }
            });
      }
    }
  }
}
