package dev.steerage.worker.generation;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.worker.WorkerLimits;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.rules.Refused;
import dev.steerage.worker.rules.RequestSteering;
import dev.steerage.worker.rules.RuleRegistry;
import dev.steerage.worker.rules.TenantRules;
import dev.steerage.worker.share.FairQueue;
import dev.steerage.worker.share.TenantQuotas;
import dev.steerage.worker.share.TenantShare;
import dev.steerage.worker.share.TenantShares;
import dev.steerage.worker.tick.RequestOrigin;
import dev.steerage.worker.tick.TickBuffer;
import dev.steerage.worker.tick.TickEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The decode thread: owns the batch and everything about the requests in it. It never touches
/// Kafka and never waits for anybody but the commit thread, and for that one only when decoding is
/// two ticks ahead.
public final class TokenLoop implements Runnable, Intake {
  private static final Logger LOG = LoggerFactory.getLogger(TokenLoop.class);
  private static final long IDLE_NS = 50_000_000;
  private static final long ROOM_NS = 5_000_000;
  private static final int QUANTUM_POSITIONS = 256;

  private final String worker;
  private final ServedModel model;
  private final ContinuousBatch batch;
  private final Clock clock;
  private final RuleRegistry rules;
  private final TickBuffer ticks;
  private final WorkerMetrics metrics;
  private final StepEvents step;
  private final OrderHandler orders;
  private final CommandDesk desk;
  private final SessionTurns turns;
  private final Predecessors predecessors;
  private final BatchGauges gauges;
  private final Seats seats;
  private final LossSamples losses;

  private final Queue<Runnable> calls = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private volatile Thread thread;
  private volatile boolean closed;

  // Written by the decode thread.
  private volatile int unfinished;

  // Decode thread only.
  private final Map<String, Ticket> tickets = new HashMap<>();
  private final TenantShares shares;
  private final FairQueue<Ticket> waiting;
  private final List<Ticket> expired = new ArrayList<>();
  private final AbandonedTenants abandoned = new AbandonedTenants();

  /// @param unknown hears of commands whose request did not come in time
  public TokenLoop(
      String worker,
      ServedModel model,
      ContinuousBatch batch,
      WorkerLimits limits,
      int commandHoldMs,
      Clock clock,
      RuleRegistry rules,
      TenantQuotas quotas,
      TickBuffer ticks,
      LiveSink live,
      WorkerMetrics metrics,
      Consumer<Order> unknown) {
    this.worker = worker;
    this.model = model;
    this.batch = batch;
    this.clock = clock;
    this.rules = rules;
    shares = new TenantShares(quotas, batch.limits().sequences(), batch.limits().kvPositions());
    waiting =
        new FairQueue<>(
            ticket -> ticket.origin().tenant(),
            ticket -> ticket.plan().positionsOfAll(),
            shares::weight,
            QUANTUM_POSITIONS);
    this.ticks = ticks;
    this.metrics = metrics;
    step = new StepEvents(live);
    orders = new OrderHandler(worker, clock, step, this::end);
    desk = new CommandDesk(commandHoldMs, limits.commands(), unknown);
    predecessors = new Predecessors(model, metrics);
    gauges = new BatchGauges(batch, metrics);
    seats = new Seats(batch);
    losses = new LossSamples(model, batch, rules, shares, metrics, step);
    turns = new SessionTurns(limits.session(), model, limits.captureSites(), clock, metrics);
  }

  @Override
  public void remembered(int partition, List<SessionState> sessions) {
    call(() -> turns.adopt(partition, sessions));
  }

  @Override
  public void arrived(WorkItem item, Optional<Claim> claim) {
    queued.incrementAndGet();
    call(() -> open(item, claim));
  }

  @Override
  public void ordered(Order order) {
    call(() -> obey(order));
  }

  @Override
  public void drop(Set<Integer> partitions) throws InterruptedException {
    var done = new CountDownLatch(1);
    call(
        () -> {
          dropNow(partitions);
          done.countDown();
        });
    while (thread != null && !done.await(50, TimeUnit.MILLISECONDS)) {
      assert !Thread.currentThread().equals(thread);
    }
  }

  @Override
  public void abandon(TenantId tenant) {
    call(() -> abandonNow(tenant));
  }

  @Override
  public int queued() {
    return queued.get();
  }

  /// Whether every request that arrived has ended and is in a tick. Any thread.
  public boolean isIdle() {
    return queued.get() == 0 && unfinished == 0 && calls.isEmpty();
  }

  /// Something that a request waits for may have changed. Any thread.
  public void wake() {
    LockSupport.unpark(thread);
  }

  /// Ends the loop after the current step; what runs stays unfinished in the log.
  public void close() {
    closed = true;
    wake();
  }

  private void call(Runnable call) {
    calls.add(call);
    wake();
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      while (!closed) {
        turn();
      }
    } catch (InterruptedException e) {
      LOG.atInfo().log("decode thread interrupted");
    } finally {
      thread = null;
      batch.close();
    }
  }

  private void turn() throws InterruptedException {
    for (Runnable call = calls.poll(); call != null; call = calls.poll()) {
      call.run();
    }
    long nowNs = clock.nanos();
    desk.expire(nowNs);
    expire(nowNs);
    admit(nowNs);
    losses.enter();
    pace(nowNs);
    settle();
    long waited = ticks.awaitRoom(ROOM_NS);
    if (waited > 0) {
      metrics.tickWaitSeconds().inc(waited / 1e9);
      if (ticks.isAhead()) {
        return;
      }
    }
    long start = clock.nanos();
    int done = batch.step();
    if (done == 0) {
      settle();
      idle();
      return;
    }
    metrics.stepSeconds().observe((clock.nanos() - start) / 1e9);
    metrics.positions().inc(done);
    afterStep();
    settle();
  }

  /// Hands the events over and forgets the requests that ended.
  private void settle() {
    for (RequestRun run : step.takeFinished()) {
      // A dropped request may have come back already under another ticket.
      Ticket ticket = tickets.get(run.origin().key());
      if (ticket != null && ticket.run().filter(run::equals).isPresent()) {
        tickets.remove(run.origin().key());
        ticket.leave();
        turns.ended(ticket, run.conversation()).ifPresent(step::add);
        losses.ended(run);
      }
    }
    step.handTo(ticks);
    turns.sweep();
    unfinished = tickets.size();
    gauges.update();
  }

  private void afterStep() {
    long nowNs = clock.nanos();
    for (Ticket ticket : tickets.values()) {
      int chosen = ticket.run().map(RequestRun::takeChosen).orElse(0);
      if (chosen == 0) {
        continue;
      }
      metrics.tokens().inc(chosen);
      RequestRun run = ticket.run().get();
      ticket.chosen(chosen, nowNs);
      if (run.isStopAsked()) {
        end(ticket, run.stopped());
      } else {
        seats.stop(run);
      }
    }
  }

  private void hold(Ticket ticket, boolean held) {
    boolean isNew = ticket.isHeld() != held;
    ticket.held(held);
    seats.hold(ticket.run().orElseThrow(), held, isNew);
  }

  /// Holds what is ahead of its pace, or of its tenant's quota.
  private void pace(long nowNs) {
    for (Ticket ticket : tickets.values()) {
      if (ticket.run().isPresent()) {
        hold(ticket, !ticket.isDue(nowNs));
      }
    }
  }

  private void open(WorkItem item, Optional<Claim> claim) {
    String key = item.origin().key();
    if (abandoned.contains(item.origin().tenant(), clock.nanos())) {
      queued.decrementAndGet();
      skip(item);
      return;
    }
    if (tickets.containsKey(key)) {
      // Admission answers a repeated id; a second record of it has nothing more to say.
      queued.decrementAndGet();
      step.add(new TickEvent.Skipped(item.origin().partition(), item.origin().offset()));
      return;
    }
    try {
      claim.ifPresent(found -> predecessors.check(item, found));
      PromptPlan plan = turns.plan(item, claim);
      Ticket ticket = new Ticket(item, plan, clock.nanos(), clock.epochMs());
      tickets.put(key, ticket);
      if (claim.isPresent()) {
        // Somebody has seen its beginning.
        waiting.addUrgent(ticket);
      } else {
        waiting.add(ticket);
      }
      Set<String> settled = claim.map(Claim::orderIds).orElse(Set.of());
      for (Order order : desk.take(item.work().tenant(), item.origin().request())) {
        if (!settled.contains(order.id()) && tickets.get(key) == ticket) {
          orders.obey(order, ticket);
        }
      }
    } catch (RefusedException e) {
      queued.decrementAndGet();
      say(item, Completion.Reason.REFUSED, Optional.of(e.refusal()), e.getMessage(), 0, 0);
    } catch (FailedException e) {
      queued.decrementAndGet();
      say(item, Completion.Reason.FAILED, Optional.empty(), e.getMessage(), 0, 0);
    }
  }

  private void obey(Order order) {
    Ticket ticket = tickets.get(RequestOrigin.key(order.tenant(), order.command().request()));
    if (ticket == null) {
      desk.keep(order, clock.nanos());
    } else {
      orders.obey(order, ticket);
    }
  }

  private void admit(long nowNs) {
    for (Ticket ticket : waiting.all()) {
      if (ticket.isFenceOver(nowNs) && !isRevisionThere(ticket)) {
        waiting.remove(ticket);
        queued.decrementAndGet();
        finishUnstarted(
            ticket,
            Ending.refused(
                Refusal.FENCE_TIMEOUT,
                "revision " + ticket.neededRevision() + " did not come in time"));
      }
    }
    waiting.serve(this::isRevisionThere, this::enter);
  }

  private boolean isRevisionThere(Ticket ticket) {
    return rules
        .ready(ticket.origin().tenant())
        .filter(tenant -> tenant.revision() >= ticket.neededRevision())
        .isPresent();
  }

  private FairQueue.Answer enter(Ticket ticket) {
    TenantShare share = shares.of(ticket.origin().tenant());
    if (!share.hasRoom(ticket.plan().places(), ticket.plan().positionsOfAll())) {
      return FairQueue.Answer.ENOUGH;
    }
    FairQueue.Answer answer = tryEnter(ticket, share);
    if (answer == FairQueue.Answer.TAKEN) {
      queued.decrementAndGet();
    }
    return answer;
  }

  private FairQueue.Answer tryEnter(Ticket ticket, TenantShare share) {
    TenantRules tenant = rules.ready(ticket.origin().tenant()).orElseThrow();
    Optional<Claim> claim = ticket.plan().claim();
    if (claim.isPresent() && !claim.get().started().topicIds().equals(tenant.topicIds())) {
      finishUnstarted(ticket, Ending.failed("the rule log was made anew"));
      return FairQueue.Answer.TAKEN;
    }
    if (claim.isEmpty()) {
      Optional<Refused> refused =
          RequestSteering.check(ticket.item().work().prompt().rules(), tenant.newest(), model);
      if (refused.isPresent()) {
        finishUnstarted(ticket, Ending.refused(refused.get().refusal(), refused.get().detail()));
        return FairQueue.Answer.TAKEN;
      }
    }
    RequestRun run = RequestRun.of(ticket, tenant, model, worker, clock, step);
    try {
      if (!seats.offer(ticket.plan(), run)) {
        return FairQueue.Answer.FULL;
      }
    } catch (IllegalArgumentException e) {
      finishUnstarted(ticket, Ending.refused(Refusal.OVER_LIMIT, e.getMessage()));
      return FairQueue.Answer.TAKEN;
    }
    ticket.enter(run, share);
    run.begin(worker, claim.map(c -> c.started().promptRevision()).orElseGet(tenant::revision));
    ticket.plan().twin().end(Completion.Half.STEERED).ifPresent(run::resumeEnded);
    claim.ifPresent(c -> c.orders().forEach(settled -> orders.settle(settled, ticket)));
    ticket.early().forEach(order -> orders.obey(order, ticket));
    return FairQueue.Answer.TAKEN;
  }

  private void expire(long nowNs) {
    expired.clear();
    for (Ticket ticket : tickets.values()) {
      if (ticket.isExpired(nowNs)) {
        expired.add(ticket);
      }
    }
    for (Ticket ticket : expired) {
      end(ticket, Ending.of(Completion.Reason.EXPIRED));
    }
  }

  private void end(Ticket ticket, Ending how) {
    if (ticket.run().isPresent()) {
      ticket.run().get().endAs(how);
      seats.cancel(ticket.run().get());
    } else {
      if (waiting.remove(ticket)) {
        queued.decrementAndGet();
      }
      finishUnstarted(ticket, how);
    }
  }

  private void finishUnstarted(Ticket ticket, Ending how) {
    tickets.remove(ticket.origin().key());
    turns.ended(ticket, ticket.plan().conversation()).ifPresent(step::add);
    say(
        ticket.item(),
        how.reason().orElseThrow(),
        how.refusal(),
        how.detail().orElse(null),
        ticket.plan().prompt().length,
        ticket.plan().committed().size());
  }

  private void say(
      WorkItem item,
      Completion.Reason reason,
      Optional<Refusal> refusal,
      String detail,
      int promptTokens,
      int tokens) {
    step.add(
        new TickEvent.Said(
            item.origin(),
            new Completion.Finished(
                item.origin().request(),
                reason,
                refusal,
                Optional.ofNullable(detail),
                promptTokens,
                tokens)));
    step.urgent();
  }

  private void dropNow(Set<Integer> partitions) {
    for (Ticket ticket : List.copyOf(tickets.values())) {
      if (partitions.contains(ticket.origin().partition())) {
        forget(ticket);
      }
    }
    turns.drop(partitions);
    settle();
  }

  private void abandonNow(TenantId tenant) {
    abandoned.add(tenant, clock.nanos());
    for (Ticket ticket : List.copyOf(tickets.values())) {
      if (ticket.origin().tenant().equals(tenant)) {
        LOG.atError()
            .addKeyValue("tenant", tenant)
            .addKeyValue("partition", ticket.origin().partition())
            .addKeyValue("offset", ticket.origin().offset())
            .log("request abandoned: the tenant's topics take no records");
        forget(ticket);
        skip(ticket.item());
      }
    }
    settle();
  }

  private void skip(WorkItem item) {
    metrics.abandoned().inc();
    step.add(new TickEvent.Skipped(item.origin().partition(), item.origin().offset()));
  }

  private void forget(Ticket ticket) {
    tickets.remove(ticket.origin().key());
    turns.forget(ticket);
    if (waiting.remove(ticket)) {
      queued.decrementAndGet();
    }
    ticket.run().ifPresent(RequestRun::drop);
    ticket.leave();
    ticket.run().ifPresent(seats::cancel);
  }

  private void idle() {
    long nowNs = clock.nanos();
    long left = Math.min(IDLE_NS, desk.leftNs(nowNs));
    for (Ticket ticket : tickets.values()) {
      left = Math.min(left, ticket.leftNs(nowNs));
    }
    if (left > 0 && calls.isEmpty() && !closed) {
      LockSupport.parkNanos(this, left);
    }
  }
}
