package dev.steerage.statistics.monitor;

import dev.steerage.domain.statistics.CodeDistribution;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// The codes of a site over the first positions that a monitor saw, and how far windows that are
/// drawn from these positions themselves diverge from the rest.
///
/// Positions are what is exchanged, not activations: the codes of one position belong together. A
/// bound for windows of m positions comes from random subsets of the largest size support x 2^i
/// that is at most m and half of the baseline; smaller subsets diverge more, so it is on the safe
/// side. The draws are seeded: every instance gets the same bound.
final class Baseline {
  /// Positions that are kept, and written, together.
  static final int CHUNK = 128;

  private static final long SEED = 0x5eed;
  private static final int DRAWS_LEAST = 200;
  private static final int DRAWS_MOST = 2_000;
  private static final int TAIL = 20;

  private final int size;
  private final List<int[]> positions = new ArrayList<>();
  private final Map<Integer, double[]> divergences = new HashMap<>();
  private int codes;

  Baseline(int size) {
    this.size = size;
  }

  boolean isComplete() {
    return positions.size() >= size;
  }

  List<int[]> all() {
    return List.copyOf(positions);
  }

  int positions() {
    return positions.size();
  }

  /// @return chunks that changed
  List<Integer> add(List<int[]> more) {
    int first = positions.size();
    for (int[] position : more) {
      if (isComplete()) {
        break;
      }
      put(position);
    }
    List<Integer> changed = new ArrayList<>();
    for (int chunk = first / CHUNK; chunk * CHUNK < positions.size(); chunk++) {
      changed.add(chunk);
    }
    return changed;
  }

  private void put(int[] position) {
    positions.add(position);
    for (int code : position) {
      codes = Math.max(codes, code + 1);
    }
  }

  /// Divergence of a window in nats.
  double divergence(Tally window) {
    int end = Math.max(codes, window.codesEnd());
    return CodeDistribution.jensenShannonNats(window.counts(end), counts(0, size, end));
  }

  private int[] counts(int from, int to, int end) {
    int[] counts = new int[end];
    for (int[] position : positions.subList(from, to)) {
      for (int code : position) {
        counts[code]++;
      }
    }
    return counts;
  }

  /// The quantile of the divergences of windows from the baseline itself.
  double quantile(double share, long windowPositions, int support, double confidence) {
    int subset = support;
    while (2L * subset <= Math.min(windowPositions, size / 2)) {
      subset *= 2;
    }
    double[] sorted = divergences.computeIfAbsent(subset, m -> draw(m, confidence));
    int index = (int) Math.ceil(share * sorted.length) - 1;
    return sorted[Math.clamp(index, 0, sorted.length - 1)];
  }

  private double[] draw(int subset, double confidence) {
    int draws = Math.clamp((long) Math.ceil(TAIL / (1 - confidence)), DRAWS_LEAST, DRAWS_MOST);
    SplittableRandom random = new SplittableRandom(SEED + subset);
    int[] order = new int[size];
    Arrays.setAll(order, i -> i);
    int[] all = counts(0, size, codes);
    double[] found = new double[draws];
    for (int draw = 0; draw < draws; draw++) {
      int[] inside = new int[codes];
      for (int i = 0; i < subset; i++) {
        int other = i + random.nextInt(size - i);
        int taken = order[other];
        order[other] = order[i];
        order[i] = taken;
        for (int code : positions.get(taken)) {
          inside[code]++;
        }
      }
      int[] outside = all.clone();
      for (int code = 0; code < codes; code++) {
        outside[code] -= inside[code];
      }
      found[draw] = CodeDistribution.jensenShannonNats(inside, outside);
    }
    Arrays.sort(found);
    return found;
  }

  void write(int chunk, DataOutput out) throws IOException {
    List<int[]> kept =
        positions.subList(chunk * CHUNK, Math.min(positions.size(), (chunk + 1) * CHUNK));
    out.writeInt(kept.size());
    for (int[] position : kept) {
      out.writeInt(position.length);
      for (int code : position) {
        out.writeInt(code);
      }
    }
  }

  /// Chunks come in their order.
  void read(DataInput in) throws IOException {
    int kept = in.readInt();
    for (int i = 0; i < kept; i++) {
      int[] position = new int[in.readInt()];
      for (int slot = 0; slot < position.length; slot++) {
        position[slot] = in.readInt();
      }
      put(position);
    }
  }
}
