package dev.steerage.statistics.monitor;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/// What was counted in one stretch of event time.
final class Tally {
  long positions;

  /// Activations of the watched codes.
  long hits;

  /// Activations at their sites.
  long activations;

  /// Positions with one of the codes.
  long either;

  /// Positions with one of the codes and one of those that are looked for beside them.
  long both;

  /// Activations per code of the site that is watched as a whole.
  final Map<Integer, Integer> codes = new TreeMap<>();

  void add(Tally other) {
    positions += other.positions;
    hits += other.hits;
    activations += other.activations;
    either += other.either;
    both += other.both;
    other.codes.forEach((code, count) -> codes.merge(code, count, Integer::sum));
  }

  /// Counts of the codes 0 to `length - 1`.
  int[] counts(int length) {
    int[] counts = new int[length];
    codes.forEach((code, count) -> counts[code] = count);
    return counts;
  }

  /// One more than the largest code that was active.
  int codesEnd() {
    int end = 0;
    for (int code : codes.keySet()) {
      end = Math.max(end, code + 1);
    }
    return end;
  }

  void write(DataOutput out) throws IOException {
    out.writeLong(positions);
    out.writeLong(hits);
    out.writeLong(activations);
    out.writeLong(either);
    out.writeLong(both);
    out.writeInt(codes.size());
    for (Map.Entry<Integer, Integer> entry : codes.entrySet()) {
      out.writeInt(entry.getKey());
      out.writeInt(entry.getValue());
    }
  }

  static Tally read(DataInput in) throws IOException {
    Tally tally = new Tally();
    tally.positions = in.readLong();
    tally.hits = in.readLong();
    tally.activations = in.readLong();
    tally.either = in.readLong();
    tally.both = in.readLong();
    int codes = in.readInt();
    for (int i = 0; i < codes; i++) {
      tally.codes.put(in.readInt(), in.readInt());
    }
    return tally;
  }
}
