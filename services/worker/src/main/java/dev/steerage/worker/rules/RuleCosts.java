package dev.steerage.worker.rules;

import dev.steerage.schemas.message.Completion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// What the rules of one request changed, and how long deciding took where they did. Decode thread
/// only; nothing is allocated per position.
final class RuleCosts {
  /// Of more rules those are told that changed the most.
  private static final int TOLD_MAX = 64;

  /// Reading the clock at every position would cost more than many a rule.
  private static final int TIMED_EVERY = 16;

  private int[] positions = new int[4];
  private long[] slots = new long[4];
  private int[] lastAt = new int[4];
  private long nanos;

  static boolean isTimed(int position) {
    return position % TIMED_EVERY == 0;
  }

  /// Deciding at a timed position took so long, and something was done there.
  void took(long ns) {
    nanos += TIMED_EVERY * ns;
  }

  /// A slot holds another code because of a rule.
  ///
  /// @param rule its number in this request
  void changed(int rule, int position) {
    if (rule >= positions.length) {
      int size = Math.max(rule + 1, 2 * positions.length);
      positions = Arrays.copyOf(positions, size);
      slots = Arrays.copyOf(slots, size);
      lastAt = Arrays.copyOf(lastAt, size);
    }
    // Position 0 is told apart by the slots that are none yet.
    if (slots[rule] == 0 || lastAt[rule] != position) {
      lastAt[rule] = position;
      positions[rule]++;
    }
    slots[rule]++;
  }

  /// @param rules ids by number
  List<Completion.RuleCost> of(List<String> rules) {
    List<Completion.RuleCost> costs = new ArrayList<>();
    long all = 0;
    for (int rule = 0; rule < rules.size(); rule++) {
      all += positions[rule];
    }
    for (int rule = 0; rule < rules.size(); rule++) {
      double micros = all == 0 ? 0 : nanos / 1e3 * positions[rule] / all;
      costs.add(new Completion.RuleCost(rules.get(rule), positions[rule], slots[rule], micros));
    }
    return costs.stream()
        .sorted(Comparator.comparingLong(Completion.RuleCost::slots).reversed())
        .limit(TOLD_MAX)
        .toList();
  }
}
