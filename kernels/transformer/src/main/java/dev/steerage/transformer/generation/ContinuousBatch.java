package dev.steerage.transformer.generation;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.cuda.CudaForward;
import dev.steerage.transformer.cuda.DeviceMeter;
import dev.steerage.transformer.forward.Forward;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.forward.ForwardSource;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Runs many requests at once: each [#step] is one forward over all rows that are due, prompt
/// positions and generated ones mixed. One thread owns a batch and makes all calls; listeners may
/// call back into it.
///
/// Results never depend on batch mates, batch size, chunking or holds: within a numeric class they
/// are equal bit for bit. Nothing is allocated per token in the steady state. A listener or a
/// steering source must not throw: what it throws comes out of [#step], with the batch half done.
public final class ContinuousBatch implements AutoCloseable {
  private final CodebookTransformer model;
  private final BatchLimits limits;
  private final CodebookSite[] sites;
  private final Forward forward;
  private final Sampler sampler;
  private final KvPages pages;
  private final Sequence[] slots;
  private final Sequence[] scheduled;
  private final Map<String, Sequence> byId = new HashMap<>();
  private final RowCodes natural;
  private final RowCodes effective;
  private int scheduledCount;
  private int rotation;
  private boolean stepping;

  /// @throws dev.steerage.ops.cuda.DeviceMemoryException if the batch does not fit on the device of
  ///   the model
  public ContinuousBatch(CodebookTransformer model, BatchLimits limits) {
    this(model, limits, model::forward);
  }

  /// @param forwards makes the forward that runs the model, for who wants it to run otherwise than
  ///   the model says
  public ContinuousBatch(CodebookTransformer model, BatchLimits limits, ForwardSource forwards) {
    this.model = model;
    this.limits = limits;
    int page = ForwardPass.pageSize();
    int pageCount = limits.kvPositions() / page;
    if (pageCount < 1) {
      throw new IllegalArgumentException(
          "batch limits: kvPositions=" + limits.kvPositions() + ", limit=" + page + "..");
    }
    sites = model.sites().toArray(CodebookSite[]::new);
    int pagesPerSequence = (model.config().maxPositions() + page - 1) / page;
    int[] pageTable = new int[limits.sequences() * pagesPerSequence];
    forward =
        forwards.forward(
            limits.rowsPerStep(),
            Math.min(limits.rowsPerStep(), limits.sequences()),
            pageCount,
            pageTable);
    int cached = Math.min(pageCount, limits.cachedPositions() / page);
    pages = new KvPages(forward, pageCount, pageTable, pagesPerSequence, cached);
    sampler = new Sampler(model.weights().backend(), model.config().vocabulary());
    slots = new Sequence[limits.sequences()];
    scheduled = new Sequence[limits.sequences()];
    natural = new RowCodes(forward, false);
    effective = new RowCodes(forward, true);
  }

  public CodebookTransformer model() {
    return model;
  }

  public BatchLimits limits() {
    return limits;
  }

  /// Takes a request if there is room now for all the memory it can come to need.
  ///
  /// @return false when there is no free sequence, or not enough free memory for keys and values
  /// @throws IllegalArgumentException if it can never run here; says the limit
  public boolean offer(
      GenerationRequest request, SteeringSource steering, GenerationListener listener) {
    int wanted = pagesFor(request);
    if (byId.containsKey(request.id())) {
      throw new IllegalArgumentException("request: id=" + request.id() + " is running");
    }
    int slot = freeSlot();
    if (slot < 0 || wanted > pages.free()) {
      return false;
    }
    boolean cached = limits.cachedPositions() > 0;
    Sequence sequence = new Sequence(request, steering, listener, slot, wanted, cached, model);
    pages.reserve(wanted);
    slots[slot] = sequence;
    byId.put(request.id(), sequence);
    return true;
  }

  /// Ends a request before the next step. The listener hears [FinishReason#CANCELLED] at once, or,
  /// when called by a listener, at the end of this step.
  ///
  /// @return false when no such request runs
  public boolean cancel(String id) {
    Sequence sequence = byId.get(id);
    if (sequence == null) {
      return false;
    }
    sequence.cancelled = true;
    if (!stepping) {
      finish(sequence, FinishReason.CANCELLED);
    }
    return true;
  }

  /// A held request is passed over by [#step]; its results stay the same. Unknown ids are ignored.
  public void hold(String id, boolean held) {
    Sequence sequence = byId.get(id);
    if (sequence != null) {
      sequence.held = held;
    }
  }

  /// Requests taken and not finished, held ones included.
  public int active() {
    return byId.size();
  }

  /// Positions of keys and values that a request could reserve, of [BatchLimits#kvPositions];
  /// cached ones that nobody uses are among them.
  public int freePositions() {
    return pages.free() * ForwardPass.pageSize();
  }

  /// Positions kept for requests with the same beginning that nobody uses now.
  public int cachedPositions() {
    return pages.cached() * ForwardPass.pageSize();
  }

  /// Positions that were taken from the cache instead of being forwarded, since the beginning.
  public long reusedPositions() {
    return pages.reused();
  }

  /// What the forwards do on a device and take there; empty where they run on the processor. The
  /// meter may be read by any thread.
  public Optional<DeviceMeter> device() {
    return forward instanceof CudaForward onDevice
        ? Optional.of(onDevice.meter())
        : Optional.empty();
  }

  /// One forward over all rows that are due, then sampling and listener calls.
  ///
  /// Sequences that generate come first, then prompts, each group in turn, so that a long prompt
  /// holds nobody up and nobody starves.
  ///
  /// @return tokens and prompt positions done; 0 = nothing to do
  public int step() {
    stepping = true;
    try {
      int done = finishResumed();
      schedule();
      if (scheduledCount > 0) {
        forward.run();
        for (int i = 0; i < scheduledCount; i++) {
          done += report(scheduled[i]);
          scheduled[i] = null;
        }
      }
      endCancelled();
      return done;
    } finally {
      stepping = false;
    }
  }

  @Override
  public void close() {
    forward.close();
  }

  private int pagesFor(GenerationRequest request) {
    int vocabulary = model.config().vocabulary();
    for (int token : request.prompt()) {
      requireToken(token, vocabulary);
    }
    for (int token : request.committed()) {
      requireToken(token, vocabulary);
    }
    long positions = (long) request.prompt().length + request.maxTokens();
    if (positions > model.config().maxPositions()) {
      throw new IllegalArgumentException(
          ("request: prompt + maxTokens=" + positions)
              + (", limit=" + model.config().maxPositions() + " positions of the model"));
    }
    int page = ForwardPass.pageSize();
    int wanted = (int) ((positions + page - 1) / page);
    if (wanted > pages.pages()) {
      throw new IllegalArgumentException(
          ("request: prompt + maxTokens=" + positions)
              + (", limit=" + (pages.pages() * page) + " positions of the batch"));
    }
    return wanted;
  }

  private static void requireToken(int token, int vocabulary) {
    if (token < 0 || token >= vocabulary) {
      throw new IllegalArgumentException(
          "request: token=" + token + ", limit=0.." + (vocabulary - 1));
    }
  }

  private int freeSlot() {
    for (int slot = 0; slot < slots.length; slot++) {
      if (slots[slot] == null) {
        return slot;
      }
    }
    return -1;
  }

  /// Requests whose committed tokens already ended them: nothing is left to run.
  private int finishResumed() {
    int done = 0;
    for (Sequence sequence : slots) {
      if (sequence != null && sequence.finishedBefore != null && !sequence.held) {
        finish(sequence, sequence.finishedBefore);
        done++;
      }
    }
    return done;
  }

  private void schedule() {
    forward.clear();
    scheduledCount = 0;
    rotation = rotation + 1 == slots.length ? 0 : rotation + 1;
    for (int pass = 0; pass < 2; pass++) {
      boolean generating = pass == 0;
      for (int i = 0; i < slots.length; i++) {
        int slot = rotation + i < slots.length ? rotation + i : rotation + i - slots.length;
        Sequence sequence = slots[slot];
        if (sequence != null
            && !sequence.held
            && sequence.finishedBefore == null
            && sequence.pending() == 1 == generating
            && forward.rows() < forward.capacity()) {
          addRows(sequence);
        }
      }
    }
  }

  private void addRows(Sequence sequence) {
    boolean looksBack = sequence.steering.needsHistory();
    if (!looksBack) {
      pages.reuse(sequence);
    }
    int room = Math.min(forward.capacity() - forward.rows(), limits.prefillChunk());
    int rows = looksBack ? 1 : Math.min(sequence.pending(), room);
    if (sequence.scores && sequence.pending() > 1) {
      // Each of its rows wants logits; every other sequence may still want one row of them.
      int others = byId.size() - scheduledCount - 1;
      rows = Math.clamp(forward.logitsRoom() - others, 1, rows);
    }
    sequence.firstRow = forward.rows();
    sequence.rows = rows;
    for (int i = 0; i < rows; i++) {
      int position = sequence.forwarded + i;
      Steering steering = sequence.steeringOf(position);
      check(sequence, steering);
      pages.enter(sequence, position, steering);
      boolean isLast = position == sequence.known - 1;
      boolean scores = sequence.scoresAt(position);
      int row =
          forward.add(
              sequence.tokens[position],
              position,
              pages.start(sequence),
              steering,
              isLast || scores);
      if (isLast && !scores && sequence.takesBest) {
        forward.wantsBestOnly(row);
      }
    }
    scheduled[scheduledCount++] = sequence;
  }

  private void check(Sequence sequence, Steering steering) {
    if (steering == sequence.checked) {
      return;
    }
    for (int i = 0; i < steering.sites(); i++) {
      SiteSteering site = steering.at(i);
      if (site != null) {
        if (i >= sites.length) {
          throw new IllegalArgumentException(
              "steering: site index=" + i + ", limit=" + (sites.length - 1));
        }
        site.check(sites[i]);
      }
    }
    sequence.checked = steering;
  }

  private int report(Sequence sequence) {
    for (int i = 0; i < sequence.rows; i++) {
      int row = sequence.firstRow + i;
      int position = sequence.forwarded + i;
      sequence.listener.onForward(position, natural.at(row), effective.at(row));
      pages.leave(sequence, position, row, forward.steering(row));
      if (sequence.scoresAt(position)) {
        score(sequence, position + 1, row);
      }
    }
    sequence.forwarded += sequence.rows;
    if (sequence.pending() > 0) {
      return sequence.rows;
    }
    int index = sequence.generated();
    GenerationRequest request = sequence.request;
    int row = sequence.firstRow + sequence.rows - 1;
    int best = sequence.takesBest ? forward.best(row) : -1;
    int token =
        best >= 0
            ? sampler.take(best, forward.bestLogprob(row))
            : sampler.choose(
                forward.logits(),
                forward.logitsAt(row),
                request.sampling(),
                sequence.seen,
                index,
                request.topLogprobs());
    FinishReason reason = sequence.accept(token);
    sequence.listener.onToken(index, token, sampler.logprob(), sampler.top());
    if (reason != null) {
      finish(sequence, reason);
    }
    return sequence.rows;
  }

  private void score(Sequence sequence, int position, int row) {
    int token = sequence.tokens[position];
    sampler.score(forward.logits(), forward.logitsAt(row), token, sequence.request.topLogprobs());
    sequence.listener.onPromptToken(position, token, sampler.logprob(), sampler.top());
  }

  private void endCancelled() {
    for (Sequence sequence : slots) {
      if (sequence != null && sequence.cancelled) {
        finish(sequence, FinishReason.CANCELLED);
      }
    }
  }

  private void finish(Sequence sequence, FinishReason reason) {
    slots[sequence.slot] = null;
    byId.remove(sequence.request.id());
    pages.release(sequence);
    sequence.listener.onFinished(reason);
  }
}
