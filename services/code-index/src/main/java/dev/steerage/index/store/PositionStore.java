package dev.steerage.index.store;

import java.util.ArrayDeque;

/// Recent positions of all requests and their contexts: where the overlay lives.
final class PositionStore {
  private final IndexLimits limits;
  private final IndexMetrics metrics;
  private final TraceStore traces;
  private final WindowStore windows;
  private final ContextStore contexts;
  private final Watermarks watermarks = new Watermarks();

  PositionStore(IndexLimits limits, IndexMetrics metrics) {
    this.limits = limits;
    this.metrics = metrics;
    traces = new TraceStore(limits.requestBytes());
    // At worst every window is held by one context only.
    windows = new WindowStore(limits.tokensBefore(), limits.tokensAfter(), limits.contexts());
    contexts = new ContextStore(windows, metrics, limits.contexts(), limits.contextsPerCode());
  }

  /// The trace of a batch's request, marked as used; a new one if it has none or other sites were
  /// captured, or if a record begins before it.
  private RequestTrace trace(
      TenantShard shard, ModelCounts counts, PositionBatch batch, boolean committed) {
    RequestTrace trace = shard.requests.get(batch.request);
    if (trace != null
        && (trace.counts != counts
            || !batch.hasLayoutOf(trace)
            || (committed && batch.firstPosition < trace.first))) {
      forget(trace);
      trace = null;
    }
    if (trace == null) {
      trace = new RequestTrace(shard, counts, batch);
      traces.add(trace);
    }
    traces.touch(trace);
    return trace;
  }

  /// Takes the positions of a committed record, each in the place of its live one.
  void committed(TenantShard shard, ModelCounts counts, PositionBatch batch, long timeMs) {
    RequestTrace trace = trace(shard, counts, batch, true);
    if (batch.attempt > trace.attempt) {
      expire(trace);
      trace.attempt = batch.attempt;
    }
    for (int i = 0; i < batch.positions; i++) {
      int position = batch.firstPosition + i;
      boolean wasLive = trace.state(position) == RequestTrace.LIVE;
      boolean same = wasLive && trace.hasCodes(position, batch, i);
      if (wasLive) {
        metrics.increment(IndexMetric.REPLACED_POSITIONS);
        endLive(trace, position, !same);
      }
      if (same) {
        commit(trace, position, timeMs);
      } else {
        place(trace, batch, i, RequestTrace.COMMITTED, timeMs);
      }
    }
    evictSurplus(trace);
  }

  private void commit(RequestTrace trace, int position, long timeMs) {
    int index = position - trace.first;
    trace.states[index] = RequestTrace.COMMITTED;
    if (trace.windows[index] != WindowStore.NONE) {
      windows.commit(trace.windows[index], timeMs);
    }
  }

  /// Takes the positions of a live frame that are neither held nor known to be committed.
  void live(TenantShard shard, ModelCounts counts, PositionBatch batch, long nowMs) {
    RequestTrace trace = trace(shard, counts, batch, false);
    if (batch.attempt < trace.attempt) {
      metrics.increment(IndexMetric.STALE_FRAMES);
      return;
    }
    if (batch.attempt > trace.attempt) {
      expire(trace);
      trace.attempt = batch.attempt;
    }
    int committedEnd = watermarks.end(trace.shard.tenant, trace.request);
    for (int i = 0; i < batch.positions; i++) {
      int position = batch.firstPosition + i;
      if (position >= committedEnd
          && trace.state(position) == RequestTrace.ABSENT
          && place(trace, batch, i, RequestTrace.LIVE, nowMs)) {
        countLive(trace, position, 1);
      }
    }
    trace.lastLiveMs = nowMs;
    if (trace.livePositions > 0) {
      traces.awaitExpiry(trace);
    }
    metrics.increment(IndexMetric.LIVE_FRAMES);
    evictSurplus(trace);
  }

  /// Counts (+1) or discounts (-1) a live position.
  private void countLive(RequestTrace trace, int position, int sign) {
    ModelCounts counts = trace.counts;
    int at = trace.codesAt(position);
    for (int site = 0; site < trace.siteIndexes.length; site++) {
      counts.livePositions[trace.siteIndexes[site]] += sign;
      for (int slot = 0; slot < trace.slots[site]; slot++) {
        int code = trace.codes[at++];
        counts.block(trace.siteIndexes[site], code).live[code % CodeBlock.CODES] += sign;
      }
    }
    trace.livePositions += sign;
    metrics.add(IndexMetric.LIVE_POSITIONS, sign);
  }

  /// Takes a live position out of the overlay.
  void endLive(RequestTrace trace, int position, boolean drop) {
    countLive(trace, position, -1);
    if (drop) {
      trace.states[position - trace.first] = RequestTrace.ABSENT;
      int window = trace.windows[position - trace.first];
      if (window != WindowStore.NONE) {
        windows.disown(window, true);
      }
    }
  }

  /// Puts a position into its trace with contexts for its codes; false if the trace cannot hold it.
  boolean place(RequestTrace trace, PositionBatch batch, int i, byte state, long timeMs) {
    int position = batch.firstPosition + i;
    if (!traces.canHold(trace, position)) {
      return false;
    }
    traces.reserve(trace, position);
    int index = position - trace.first;
    int window = trace.windows[index];
    if (window != WindowStore.NONE) {
      windows.disown(window, false);
    }
    trace.tokens[index] = batch.tokens[i];
    System.arraycopy(
        batch.codes,
        i * batch.codesPerPosition,
        trace.codes,
        trace.codesAt(position),
        batch.codesPerPosition);
    trace.states[index] = state;
    trace.end = Math.max(trace.end, position + 1);
    for (int back = 1; back <= limits.tokensAfter() && index - back >= 0; back++) {
      int earlier = trace.windows[index - back];
      if (earlier != WindowStore.NONE) {
        windows.append(earlier, position, batch.tokens[i]);
      }
    }
    addContexts(trace, position, state == RequestTrace.LIVE, timeMs);
    return true;
  }

  private void addContexts(RequestTrace trace, int position, boolean live, long timeMs) {
    int window = windows.open(trace, position, live, timeMs);
    while (window == WindowStore.NONE && contexts.evictOldest()) {
      window = windows.open(trace, position, live, timeMs);
    }
    if (window == WindowStore.NONE) {
      return;
    }
    // Held here too: at a small limit the first codes' contexts may go before the last are added.
    windows.hold(window);
    int hash = ContextStore.hash(trace.request, position);
    int at = trace.codesAt(position);
    for (int site = 0; site < trace.siteIndexes.length; site++) {
      for (int slot = 0; slot < trace.slots[site]; slot++) {
        int code = trace.codes[at++];
        CodeBlock block = trace.counts.block(trace.siteIndexes[site], code);
        contexts.add(block, code % CodeBlock.CODES, window, hash);
      }
    }
    windows.letGo(window);
  }

  private void evictSurplus(RequestTrace keep) {
    for (RequestTrace trace = traces.surplus(keep); trace != null; trace = traces.surplus(keep)) {
      forget(trace);
      metrics.increment(IndexMetric.EVICTED_REQUESTS);
    }
  }

  /// Forgets a trace: its live positions are gone, contexts of its committed ones stay.
  private void forget(RequestTrace trace) {
    expire(trace);
    int committedEnd = 0;
    for (int position = trace.first; position < trace.end; position++) {
      if (trace.state(position) == RequestTrace.COMMITTED) {
        committedEnd = position + 1;
      }
      int window = trace.windows[position - trace.first];
      if (window != WindowStore.NONE) {
        windows.disown(window, false);
      }
    }
    if (committedEnd > 0) {
      watermarks.put(trace.shard.tenant, trace.request, committedEnd);
    }
    traces.remove(trace);
  }

  private void expire(RequestTrace trace) {
    for (int p = trace.end - 1; p >= trace.first && trace.livePositions > 0; p--) {
      if (trace.state(p) == RequestTrace.LIVE) {
        endLive(trace, p, true);
        metrics.increment(IndexMetric.EXPIRED_POSITIONS);
      }
    }
  }

  /// Drops live positions that waited too long for their record; returns how many requests had
  /// some.
  int expireOverlay(long nowMs) {
    ArrayDeque<RequestTrace> waiting = traces.awaitingExpiry();
    int expired = 0;
    for (int i = waiting.size(); i > 0; i--) {
      RequestTrace trace = waiting.getFirst();
      if (trace.livePositions > 0 && nowMs - trace.lastLiveMs < limits.overlayTtl().toMillis()) {
        // Still moving. The first in line waited longest, but may have moved since: look again.
        waiting.addLast(waiting.removeFirst());
        continue;
      }
      waiting.removeFirst();
      trace.awaitsExpiry = false;
      if (trace.livePositions > 0) {
        expire(trace);
        expired++;
      }
    }
    return expired;
  }

  /// Forgets everything that leads to a model's counts.
  void forget(ModelCounts counts) {
    for (RequestTrace trace : counts.shard.requests.values().toArray(new RequestTrace[0])) {
      if (trace.counts == counts) {
        forget(trace);
      }
    }
    for (CodeBlock block : counts.allBlocks()) {
      contexts.removeAll(block);
    }
  }

  TraceStore traces() {
    return traces;
  }

  Watermarks watermarks() {
    return watermarks;
  }

  ContextStore contexts() {
    return contexts;
  }

  WindowStore windows() {
    return windows;
  }

  long bytes() {
    return traces.bytes() + windows.bytes() + contexts.bytes();
  }

  long bytesLimit() {
    return limits.requestBytes()
        + limits.contexts() * (windows.bytesPerWindow() + ContextStore.BYTES_PER_CONTEXT);
  }
}
