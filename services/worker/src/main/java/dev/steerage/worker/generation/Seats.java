package dev.steerage.worker.generation;

import dev.steerage.schemas.message.Completion;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.generation.ContinuousBatch;

/// The sequences of requests in the batch: one each, or two that go in step. Decode thread only.
final class Seats {
  private final ContinuousBatch batch;

  Seats(ContinuousBatch batch) {
    this.batch = batch;
  }

  /// Takes all of a request or nothing.
  ///
  /// @return false when there is no room now
  /// @throws IllegalArgumentException if it can never run here; says the limit
  boolean offer(PromptPlan plan, RequestRun run) {
    if (run.twin().isEmpty()) {
      return batch.offer(plan.generation(), run, run);
    }
    requireRoomForTwo(plan);
    TwinRun twin = run.twin().get();
    Pair pair = run.pair().orElseThrow();
    boolean twinRuns = !pair.hasEnded(Completion.Half.UNSTEERED);
    if (twinRuns && !batch.offer(twin.request(), twin, twin)) {
      return false;
    }
    boolean isHere =
        pair.hasEnded(Completion.Half.STEERED) || batch.offer(plan.generation(), run, run);
    if (!isHere) {
      run.drop();
      batch.cancel(TwinRun.key(run.origin().key()));
    }
    return isHere;
  }

  private void requireRoomForTwo(PromptPlan plan) {
    int page = ForwardPass.pageSize();
    int pages = batch.limits().kvPositions() / page;
    int wanted = 2 * ((plan.positionsMax() + page - 1) / page);
    if (batch.limits().sequences() < 2 || wanted > pages) {
      throw new IllegalArgumentException(
          ("pair: sequences=2, positions=" + wanted * page)
              + (", limit=" + batch.limits().sequences() + " sequences and ")
              + (pages * page + " positions of the batch"));
    }
  }

  /// @param held by its pace or its tenant's quota
  /// @param isNew whether that was otherwise before
  void hold(RequestRun run, boolean held, boolean isNew) {
    String key = run.origin().key();
    if (run.pair().isPresent()) {
      Pair pair = run.pair().get();
      batch.hold(key, held || pair.isAhead(Completion.Half.STEERED));
      batch.hold(TwinRun.key(key), held || pair.isAhead(Completion.Half.UNSTEERED));
    } else if (isNew) {
      batch.hold(key, held);
    }
  }

  /// Ends what rules end; the other half goes on.
  void stop(RequestRun run) {
    if (run.isStopDue()) {
      run.endAs(run.stopped());
      batch.cancel(run.origin().key());
    }
    if (run.twin().filter(TwinRun::isStopDue).isPresent()) {
      batch.cancel(TwinRun.key(run.origin().key()));
    }
  }

  /// Ends all of it.
  void cancel(RequestRun run) {
    batch.cancel(run.origin().key());
    if (run.twin().isPresent()) {
      batch.cancel(TwinRun.key(run.origin().key()));
    }
  }
}
