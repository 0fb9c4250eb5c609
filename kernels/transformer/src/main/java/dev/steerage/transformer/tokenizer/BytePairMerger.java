package dev.steerage.transformer.tokenizer;

import java.util.Map;
import java.util.PriorityQueue;

/// Merges neighbouring tokens, the earliest learned pair first, the leftmost among equals, until no
/// pair is left that the vocabulary knows. A queue instead of rescanning keeps a word of n bytes at
/// n log n: a prompt may be one long word.
final class BytePairMerger {
  /// A learned merge.
  ///
  /// @param rank position in the list of merges; lower was learned earlier
  /// @param token what the pair becomes
  record Merge(int rank, int token) {}

  private final Map<Long, Merge> merges;

  BytePairMerger(Map<Long, Merge> merges) {
    this.merges = merges;
  }

  /// A key of its own for every pair, spread by an odd factor: the plain pair hashes to left xor
  /// right, where most pairs of a vocabulary meet.
  static long pair(int left, int right) {
    return (((long) left << 32) | right) * 0x9E3779B97F4A7C15L;
  }

  /// Merges in place.
  ///
  /// @return how many tokens are left at the front of `tokens`
  int merge(int[] tokens, int count) {
    int[] next = new int[count];
    int[] previous = new int[count];
    PriorityQueue<Long> queue = new PriorityQueue<>();
    for (int i = 0; i < count; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
      offer(queue, tokens, i, i + 1, count);
    }
    while (!queue.isEmpty()) {
      long best = queue.poll();
      int at = (int) best;
      int after = tokens[at] < 0 ? count : next[at];
      if (after == count) {
        continue;
      }
      Merge merge = merges.get(pair(tokens[at], tokens[after]));
      if (merge == null || merge.rank() != (int) (best >>> 32)) {
        // One of the two has been merged with another neighbour since.
        continue;
      }
      tokens[at] = merge.token();
      tokens[after] = -1;
      next[at] = next[after];
      if (next[at] < count) {
        previous[next[at]] = at;
      }
      offer(queue, tokens, at, next[at], count);
      if (previous[at] >= 0) {
        offer(queue, tokens, previous[at], at, count);
      }
    }
    int left = 0;
    for (int i = 0; i < count; i++) {
      if (tokens[i] >= 0) {
        tokens[left++] = tokens[i];
      }
    }
    return left;
  }

  private void offer(PriorityQueue<Long> queue, int[] tokens, int at, int after, int count) {
    if (after < count) {
      Merge merge = merges.get(pair(tokens[at], tokens[after]));
      if (merge != null) {
        queue.add(((long) merge.rank() << 32) | at);
      }
    }
  }
}
