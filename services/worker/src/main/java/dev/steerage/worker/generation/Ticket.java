package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Prompt;
import dev.steerage.worker.share.TenantShare;
import dev.steerage.worker.tick.RequestOrigin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A request from its arrival to its end, with its clocks. Decode thread only.
final class Ticket {
  static final long NEVER = Long.MAX_VALUE;

  private final WorkItem item;
  private final PromptPlan plan;
  private final Optional<Pace> pace;
  private final long fenceUntilNs;
  private final List<Order> early = new ArrayList<>();

  private Optional<RequestRun> run = Optional.empty();
  private Optional<TenantShare> share = Optional.empty();
  private long deadlineNs = NEVER;
  private boolean held;

  /// @param nowNs monotonic
  /// @param nowMs epoch milliseconds, for the times that a prompt names
  Ticket(WorkItem item, PromptPlan plan, long nowNs, long nowMs) {
    this.item = item;
    this.plan = plan;
    Prompt prompt = item.work().prompt();
    pace =
        prompt.pace().isPresent()
            ? Optional.of(new Pace(prompt.pace().getAsDouble()))
            : Optional.empty();
    prompt.deadlineMs().ifPresent(deadline -> deadline(deadline, nowNs, nowMs));
    fenceUntilNs = prompt.fence().map(f -> fenceUntil(f, nowNs, nowMs)).orElse(NEVER);
  }

  private long fenceUntil(Prompt.Fence fence, long nowNs, long nowMs) {
    // From the prompt's own time, so that a second worker does not start it again; never longer
    // than asked, whatever the clocks say.
    long leftMs = item.work().admittedMs() + fence.timeoutMs() - nowMs;
    return after(nowNs, Math.clamp(leftMs, 0, fence.timeoutMs()));
  }

  void deadline(long epochMs, long nowNs, long nowMs) {
    deadlineNs = after(nowNs, epochMs - nowMs);
  }

  private static long after(long nowNs, long ms) {
    // Beyond a century nothing expires, and nothing overflows.
    return ms > 3_000_000_000_000L ? NEVER : nowNs + TimeUnit.MILLISECONDS.toNanos(ms);
  }

  WorkItem item() {
    return item;
  }

  RequestOrigin origin() {
    return item.origin();
  }

  PromptPlan plan() {
    return plan;
  }

  /// The revision to wait for before the first forward.
  long neededRevision() {
    long fenced = item.work().prompt().fence().map(Prompt.Fence::minRevision).orElse(-1L);
    return Math.max(fenced, plan.newestRecordedRevision());
  }

  boolean isFenceOver(long nowNs) {
    // A request that began once has passed its fence.
    return plan.claim().isEmpty() && fenceUntilNs != NEVER && nowNs - fenceUntilNs >= 0;
  }

  boolean isExpired(long nowNs) {
    return deadlineNs != NEVER && nowNs - deadlineNs >= 0;
  }

  Optional<RequestRun> run() {
    return run;
  }

  /// It has a place in the batch from here on, until [#leave].
  void enter(RequestRun running, TenantShare tenant) {
    run = Optional.of(running);
    share = Optional.of(tenant);
    tenant.enter(plan.places(), plan.positionsOfAll());
  }

  /// Its place in the batch is free.
  void leave() {
    share.ifPresent(tenant -> tenant.leave(plan.places(), plan.positionsOfAll()));
    share = Optional.empty();
  }

  /// Tokens were chosen in one step: its pace is that of one half, its tenant's quota counts all.
  void chosen(int tokens, long nowNs) {
    pace.ifPresent(own -> own.chosen(nowNs));
    for (int i = 0; i < tokens; i++) {
      share.ifPresent(tenant -> tenant.chosen(nowNs));
    }
  }

  /// Whether neither its pace nor its tenant's quota holds it back.
  boolean isDue(long nowNs) {
    return (pace.isEmpty() || pace.get().isDue(nowNs))
        && (share.isEmpty() || share.get().isDue(nowNs));
  }

  /// Commands that steer a request which is not in the batch yet.
  List<Order> early() {
    return early;
  }

  boolean isHeld() {
    return held;
  }

  void held(boolean now) {
    held = now;
  }

  /// Nanoseconds until one of its clocks strikes.
  long leftNs(long nowNs) {
    long left = deadlineNs == NEVER ? NEVER : deadlineNs - nowNs;
    if (run.isEmpty() && fenceUntilNs != NEVER) {
      left = Math.min(left, fenceUntilNs - nowNs);
    }
    if (held) {
      long paceLeft = pace.map(own -> own.leftNs(nowNs)).orElse(0L);
      long shareLeft = share.map(tenant -> tenant.leftNs(nowNs)).orElse(0L);
      left = Math.min(left, Math.max(paceLeft, shareLeft));
    }
    return Math.max(0, left);
  }
}
