package dev.steerage.worker.kafka;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.worker.generation.Intake;
import dev.steerage.worker.generation.Order;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.rules.TenantRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rule thread: follows every tenant's rules and commands, outside any group, so that each
/// worker sees all of them, also while its prompts are paused.
final class TenantFollower implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(TenantFollower.class);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long IDLE_NS = 10_000_000;

  private final Consumer<byte[], byte[]> consumer;
  private final ModelShape model;
  private final Function<TenantId, RuleQuota> quotas;
  private final RuleRegistry registry;
  private final Intake intake;
  private final Listener listener;
  private final AtomicReference<Map<TenantId, TenantLogs.Found>> discovered =
      new AtomicReference<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile boolean closed;

  // Rule thread only.
  private final Map<TenantId, Followed> tenants = new HashMap<>();
  private final Map<TopicPartition, Followed> byPartition = new HashMap<>();
  private final Map<TenantId, Integer> absentLooks = new HashMap<>();
  private boolean looked;

  /// Hears of what changed; must return at once.
  interface Listener {
    /// A record of the tenant's rule log was read.
    void ruleRead(TenantId tenant, TenantRules rules);

    /// A command could not be read.
    void unreadable(ConsumerRecord<byte[], byte[]> record, TenantId tenant, Decoded.Bad<?> why);

    /// The tenant's topics are there.
    void here(TenantId tenant);

    /// The tenant's topics were deleted.
    void gone(TenantId tenant);

    /// A request may wait for what happened.
    void wake();
  }

  TenantFollower(
      Consumer<byte[], byte[]> consumer,
      ModelShape model,
      Function<TenantId, RuleQuota> quotas,
      RuleRegistry registry,
      Intake intake,
      Listener listener) {
    this.consumer = consumer;
    this.model = model;
    this.quotas = quotas;
    this.registry = registry;
    this.intake = intake;
    this.listener = listener;
  }

  /// A tenant that is followed.
  private static final class Followed {
    private final TenantId tenant;
    private final TenantRules rules;
    private Optional<TenantLogs.RuleLog> log = Optional.empty();
    private boolean caughtUp;

    Followed(TenantId tenant, TenantRules rules) {
      this.tenant = tenant;
      this.rules = rules;
    }
  }

  /// Completes when every rule log that was there at the first look was read to its end.
  CompletableFuture<Void> ready() {
    return ready;
  }

  /// All tenants, as they are now. Any thread.
  void discovered(Map<TenantId, TenantLogs.Found> found) {
    discovered.set(found);
    consumer.wakeup();
  }

  void close() {
    closed = true;
    consumer.wakeup();
  }

  @Override
  public void run() {
    try {
      while (!closed) {
        pollOnce();
      }
    } catch (RuntimeException e) {
      ready.completeExceptionally(e);
      throw e;
    } finally {
      ready.cancel(false);
      consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
  }

  private void pollOnce() {
    try {
      Map<TenantId, TenantLogs.Found> found = discovered.getAndSet(null);
      if (found != null) {
        follow(found);
        settleAbsent(found.keySet());
        looked = true;
        settle();
      }
      if (byPartition.isEmpty()) {
        // A consumer without partitions refuses to poll.
        LockSupport.parkNanos(this, IDLE_NS);
        return;
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        Followed tenant = byPartition.get(new TopicPartition(record.topic(), record.partition()));
        if (tenant == null) {
          continue;
        }
        if (tenant.log.filter(log -> log.partition().topic().equals(record.topic())).isPresent()) {
          readRule(tenant, record);
        } else {
          readCommand(tenant, record);
        }
      }
      settle();
    } catch (WakeupException e) {
      // A new look at the tenants, or the end.
      return;
    }
  }

  private void follow(Map<TenantId, TenantLogs.Found> found) {
    Map<TopicPartition, Long> begin = new HashMap<>();
    for (Followed followed : List.copyOf(tenants.values())) {
      if (!found.containsKey(followed.tenant) && followed.log.isPresent()) {
        forget(followed.tenant);
        listener.gone(followed.tenant);
      }
    }
    found.forEach(
        (tenant, logs) -> {
          Followed known = tenants.get(tenant);
          if (known != null && isOther(known.log, logs.rules())) {
            LOG.atError().addKeyValue("tenant", tenant).log("rule log was made anew");
            forget(tenant);
          }
          Followed followed = tenants.computeIfAbsent(tenant, t -> new Followed(t, rules(t)));
          if (followed.log.isEmpty() && logs.rules().isPresent()) {
            TenantLogs.RuleLog log = logs.rules().get();
            followed.log = logs.rules();
            followed.rules.topicIds(Map.of(log.partition().topic(), log.topicId()));
            byPartition.put(log.partition(), followed);
            listener.here(tenant);
            begin.put(log.partition(), 0L);
          }
          logs.commands()
              .forEach(
                  (partition, offset) -> {
                    if (byPartition.putIfAbsent(partition, followed) == null) {
                      begin.put(partition, offset);
                    }
                  });
        });
    if (!consumer.assignment().equals(byPartition.keySet())) {
      consumer.assign(byPartition.keySet());
    }
    begin.forEach(consumer::seek);
  }

  private TenantRules rules(TenantId tenant) {
    return new TenantRules(model, () -> quotas.apply(tenant));
  }

  private static boolean isOther(
      Optional<TenantLogs.RuleLog> known, Optional<TenantLogs.RuleLog> now) {
    return known.isPresent()
        && !known.map(TenantLogs.RuleLog::topicId).equals(now.map(TenantLogs.RuleLog::topicId));
  }

  private void forget(TenantId tenant) {
    tenants.remove(tenant);
    byPartition.values().removeIf(followed -> followed.tenant.equals(tenant));
    registry.remove(tenant);
  }

  private void settle() {
    boolean all = true;
    for (Followed tenant : tenants.values()) {
      if (!tenant.caughtUp && isCaughtUp(tenant)) {
        tenant.caughtUp = true;
        registry.put(tenant.tenant, tenant.rules);
        listener.ruleRead(tenant.tenant, tenant.rules);
        listener.wake();
      }
      all &= tenant.caughtUp;
    }
    if (looked && all) {
      ready.complete(null);
    }
  }

  /// Requests may come from a tenant without a rule log: nothing can steer them. One look may have
  /// begun before the tenant was made; two tell.
  private void settleAbsent(Set<TenantId> found) {
    for (TenantId wanted : registry.wanted()) {
      if (!found.contains(wanted) && absentLooks.merge(wanted, 1, Integer::sum) >= 2) {
        absentLooks.remove(wanted);
        Followed none = new Followed(wanted, rules(wanted));
        none.caughtUp = true;
        tenants.put(wanted, none);
        registry.put(wanted, none.rules);
        listener.wake();
      }
    }
  }

  private boolean isCaughtUp(Followed tenant) {
    return tenant.log.isEmpty()
        || consumer.position(tenant.log.get().partition()) >= tenant.log.get().end();
  }

  private void readRule(Followed tenant, ConsumerRecord<byte[], byte[]> record) {
    tenant.rules.append(
        record.offset(),
        record.timestamp(),
        text(record.key()),
        decode(Topics.RULES.value(), record.value()));
    if (tenant.caughtUp) {
      listener.ruleRead(tenant.tenant, tenant.rules);
      listener.wake();
    }
  }

  private void readCommand(Followed tenant, ConsumerRecord<byte[], byte[]> record) {
    switch (decode(Topics.COMMANDS.value(), record.value())) {
      case Decoded.Ok<Command> ok -> {
        Command command = ok.get();
        String id = command.command().orElse(record.partition() + "-" + record.offset());
        intake.ordered(
            new Order(
                tenant.tenant,
                id,
                command,
                record.partition(),
                record.offset(),
                record.timestamp()));
      }
      case Decoded.Bad<Command> bad -> listener.unreadable(record, tenant.tenant, bad);
    }
  }

  private static <T> Decoded<T> decode(dev.steerage.schemas.codec.Codec<T> codec, byte[] value) {
    return value == null ? Decoded.bad(Refusal.MALFORMED, "no value") : codec.decode(value);
  }

  static String text(byte[] key) {
    return key == null ? "" : new String(key, StandardCharsets.UTF_8);
  }
}
