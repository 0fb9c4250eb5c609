package dev.steerage.index.store;

import dev.steerage.schemas.index.CodeContexts.Context;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Recent positions of all requests and the contexts of committed ones: where the overlay lives.
final class PositionStore {
  private final IndexLimits limits;
  private final IndexMetrics metrics;
  private final TraceStore traces;
  private final WindowStore windows;
  private final ContextStore contexts;
  private final Watermarks watermarks = new Watermarks();
  // Of the positions of a record: numbers of their windows, hashes.
  private int[] numbers = new int[64];
  private int[] hashes = new int[64];

  /// @param counted every model's counts
  PositionStore(IndexLimits limits, IndexMetrics metrics, Set<ModelCounts> counted) {
    this.limits = limits;
    this.metrics = metrics;
    traces = new TraceStore(limits.requestBytes());
    windows =
        new WindowStore(metrics, limits.tokensBefore(), limits.tokensAfter(), limits.contexts());
    contexts = new ContextStore(windows, metrics, counted);
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

  /// Counts the positions of a committed record, each in the place of its live one.
  void committed(TenantShard shard, ModelCounts counts, PositionBatch batch, Origin origin) {
    RequestTrace trace = trace(shard, counts, batch, true);
    if (batch.attempt > trace.attempt) {
      expire(trace);
      trace.attempt = batch.attempt;
    }
    if (numbers.length < batch.positions) {
      numbers = new int[batch.positions];
      hashes = new int[batch.positions];
    }
    contexts.renumber(batch.positions, traces.all());
    for (int i = 0; i < batch.positions; i++) {
      int position = batch.firstPosition + i;
      boolean isHeld = commit(trace, batch, i);
      hashes[i] = ContextStore.hash(trace.request, position);
      numbers[i] = isHeld ? openWindow(trace, position, origin, hashes[i]) : 0;
    }
    contexts.take(counts, batch, origin, numbers, hashes);
    evictSurplus(trace);
  }

  /// Puts a committed position into its trace, or makes the live one a committed one; false if the
  /// trace cannot hold it.
  private boolean commit(RequestTrace trace, PositionBatch batch, int i) {
    int position = batch.firstPosition + i;
    boolean wasLive = trace.state(position) == RequestTrace.LIVE;
    boolean same = wasLive && trace.hasCodes(position, batch, i);
    if (wasLive) {
      metrics.increment(IndexMetric.REPLACED_POSITIONS);
      endLive(trace, position, !same);
    }
    if (same) {
      trace.states[position - trace.first] = RequestTrace.COMMITTED;
      return true;
    }
    return place(trace, batch, i, RequestTrace.COMMITTED);
  }

  private int openWindow(RequestTrace trace, int position, Origin origin, int hash) {
    int index = position - trace.first;
    for (int back = 1; back <= limits.tokensAfter() && index - back >= 0; back++) {
      windows.append(trace.windows[index - back], position, trace.tokens[index]);
    }
    trace.windows[index] = windows.open(trace, position, origin, hash);
    return trace.windows[index];
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
          && place(trace, batch, i, RequestTrace.LIVE)) {
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
  private void endLive(RequestTrace trace, int position, boolean drop) {
    countLive(trace, position, -1);
    if (drop) {
      trace.states[position - trace.first] = RequestTrace.ABSENT;
    }
  }

  /// Puts a position into its trace; false if the trace cannot hold it.
  private boolean place(RequestTrace trace, PositionBatch batch, int i, byte state) {
    int position = batch.firstPosition + i;
    if (!traces.canHold(trace, position)) {
      return false;
    }
    traces.reserve(trace, position);
    int index = position - trace.first;
    trace.windows[index] = 0;
    trace.tokens[index] = batch.tokens[i];
    System.arraycopy(
        batch.codes,
        i * batch.codesPerPosition,
        trace.codes,
        trace.codesAt(position),
        batch.codesPerPosition);
    trace.states[index] = state;
    trace.end = Math.max(trace.end, position + 1);
    return true;
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

  /// The newest live positions at which a code fired, newest first.
  List<Context> liveContexts(ModelCounts counts, int site, int code, int most) {
    List<Context> found = new ArrayList<>();
    for (RequestTrace trace : traces.awaitingExpiry()) {
      if (trace.counts == counts && trace.livePositions > 0) {
        trace.liveContexts(site, code, limits, most, found);
      }
    }
    found.sort(Comparator.comparing(Context::time).reversed());
    return found.size() > most ? found.subList(0, most) : found;
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
    contexts.removeAll(counts);
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
    return traces.bytes() + windows.bytes();
  }

  long bytesLimit() {
    return limits.requestBytes() + windows.bytesLimit();
  }
}
