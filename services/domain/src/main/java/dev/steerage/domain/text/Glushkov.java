package dev.steerage.domain.text;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// Builds the automaton of positions: one state per character set of the pattern, no empty steps.
final class Glushkov {
  private final int limit;
  private final List<CharSet> sets = new ArrayList<>();
  private final List<BitSet> follow = new ArrayList<>();

  Glushkov(int limit) {
    this.limit = limit;
  }

  /// A part of the pattern.
  ///
  /// @param first positions that it can begin with
  /// @param last positions that it can end with
  record Part(boolean isEmptyAllowed, BitSet first, BitSet last) {}

  Part empty() {
    return new Part(true, new BitSet(), new BitSet());
  }

  Part one(CharSet set) {
    if (sets.size() == limit) {
      throw new PatternException("too large: limit=" + limit + " character positions");
    }
    BitSet self = new BitSet();
    self.set(sets.size());
    sets.add(set);
    follow.add(new BitSet());
    return new Part(false, self, (BitSet) self.clone());
  }

  Part concat(Part a, Part b) {
    connect(a.last(), b.first());
    return new Part(
        a.isEmptyAllowed() && b.isEmptyAllowed(),
        a.isEmptyAllowed() ? union(a.first(), b.first()) : a.first(),
        b.isEmptyAllowed() ? union(a.last(), b.last()) : b.last());
  }

  Part either(Part a, Part b) {
    return new Part(
        a.isEmptyAllowed() || b.isEmptyAllowed(),
        union(a.first(), b.first()),
        union(a.last(), b.last()));
  }

  Part repeated(Part part) {
    connect(part.last(), part.first());
    return part;
  }

  Part optional(Part part) {
    return new Part(true, part.first(), part.last());
  }

  private void connect(BitSet from, BitSet to) {
    from.stream().forEach(position -> follow.get(position).or(to));
  }

  private static BitSet union(BitSet a, BitSet b) {
    BitSet both = (BitSet) a.clone();
    both.or(b);
    return both;
  }

  List<CharSet> sets() {
    return sets;
  }

  List<BitSet> follow() {
    return follow;
  }
}
