package dev.steerage.index.store;

import java.util.Arrays;

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
  // Window of each position in WindowStore, or -1.
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
    int before = states.length;
    tokens = Arrays.copyOf(tokens, positions);
    codes = Arrays.copyOf(codes, positions * codesPerPosition);
    states = Arrays.copyOf(states, positions);
    windows = Arrays.copyOf(windows, positions);
    Arrays.fill(windows, before, positions, WindowStore.NONE);
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
}
