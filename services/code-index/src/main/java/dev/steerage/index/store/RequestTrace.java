package dev.steerage.index.store;

import dev.steerage.schemas.index.CodeContexts.Context;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Tokens and codes of one recent request, by position; each position is live or committed.
///
/// The overlay is nothing but the live positions of all traces.
final class RequestTrace {
  static final byte ABSENT = 0;
  static final byte LIVE = 1;
  static final byte COMMITTED = 2;

  final TenantShard shard;
  final String request;
  final ModelCounts counts;
  final int[] siteIndexes;
  final int[] slots;
  final int codesPerPosition;
  final int first;

  int attempt;
  int livePositions;
  long lastLiveMs;
  boolean awaitsExpiry;
  // Position after the last one present.
  int end;
  int[] tokens = new int[0];
  int[] codes = new int[0];
  byte[] states = new byte[0];
  // Number of the window of each committed position in WindowStore; 0: it has none.
  int[] windows = new int[0];
  // Neighbours in the order of last use, kept by TraceStore.
  RequestTrace older;
  RequestTrace newer;

  RequestTrace(TenantShard shard, ModelCounts counts, PositionBatch batch) {
    this.shard = shard;
    this.request = batch.request;
    this.counts = counts;
    this.attempt = batch.attempt;
    this.siteIndexes = Arrays.copyOf(batch.siteIndexes, batch.sites);
    this.slots = Arrays.copyOf(batch.slots, batch.sites);
    this.codesPerPosition = batch.codesPerPosition;
    this.first = batch.firstPosition;
    this.end = first;
  }

  /// Bytes of a trace with room for that many positions.
  long bytes(int positions) {
    return 160 + (long) positions * (4L * codesPerPosition + 4 + 1 + 4);
  }

  int capacity() {
    return states.length;
  }

  void grow(int positions) {
    tokens = Arrays.copyOf(tokens, positions);
    codes = Arrays.copyOf(codes, positions * codesPerPosition);
    states = Arrays.copyOf(states, positions);
    windows = Arrays.copyOf(windows, positions);
  }

  /// Gives the memory back; the trace may still be queued somewhere.
  void release() {
    livePositions = 0;
    end = first;
    tokens = new int[0];
    codes = new int[0];
    states = new byte[0];
    windows = new int[0];
  }

  byte state(int position) {
    return position < first || position >= end ? ABSENT : states[position - first];
  }

  int token(int position) {
    return tokens[position - first];
  }

  int codesAt(int position) {
    return (position - first) * codesPerPosition;
  }

  boolean hasCodes(int position, PositionBatch batch, int i) {
    int from = codesAt(position);
    int at = i * codesPerPosition;
    return Arrays.equals(
        codes, from, from + codesPerPosition, batch.codes, at, at + codesPerPosition);
  }

  /// Adds live positions at which a code fired, the last ones first, up to a number of them.
  void liveContexts(int site, int code, IndexLimits limits, int most, List<Context> to) {
    int ordinal = Arrays.binarySearch(siteIndexes, site);
    if (ordinal < 0) {
      return;
    }
    int before = Arrays.stream(slots, 0, ordinal).sum();
    int left = most;
    for (int position = end - 1; position >= first && left > 0; position--) {
      if (state(position) == LIVE && hasFired(codesAt(position) + before, slots[ordinal], code)) {
        to.add(liveContext(position, limits));
        left--;
      }
    }
  }

  private boolean hasFired(int from, int slotCount, int code) {
    for (int at = from; at < from + slotCount; at++) {
      if (codes[at] == code) {
        return true;
      }
    }
    return false;
  }

  private Context liveContext(int position, IndexLimits limits) {
    int from = position;
    while (from > position - limits.tokensBefore() && state(from - 1) != ABSENT) {
      from--;
    }
    int to = position + 1;
    while (to <= position + limits.tokensAfter() && state(to) != ABSENT) {
      to++;
    }
    List<Integer> around = IntStream.range(from, to).map(this::token).boxed().toList();
    return new Context(
        request, position, around, position - from, true, Instant.ofEpochMilli(lastLiveMs));
  }
}
