package dev.steerage.index.search;

import java.util.BitSet;
import java.util.List;

/// What a pattern can match, without anchors, groups and greed: every match of the pattern is one
/// of this, and perhaps more is. Enough to say where a match cannot be.
sealed interface PatternNode {
  /// One byte of a set.
  record Bytes(BitSet bytes) implements PatternNode {}

  /// One after the other; none: the empty text.
  record Sequence(List<PatternNode> parts) implements PatternNode {}

  /// One of these.
  record Choice(List<PatternNode> parts) implements PatternNode {}

  /// Repeated.
  ///
  /// @param most [#NO_LIMIT]: as often as one likes
  record Repeat(PatternNode part, int least, int most) implements PatternNode {}

  int NO_LIMIT = -1;

  PatternNode EMPTY = new Sequence(List.of());

  /// Places of an automaton for it.
  default long size() {
    return switch (this) {
      case Bytes _ -> 1;
      case Sequence sequence -> sequence.parts().stream().mapToLong(PatternNode::size).sum();
      case Choice choice -> choice.parts().stream().mapToLong(PatternNode::size).sum() + 1;
      case Repeat repeat -> {
        int times = repeat.most() == NO_LIMIT ? repeat.least() + 1 : repeat.most();
        yield Math.min(1L << 40, repeat.part().size() * Math.max(1, times));
      }
    };
  }
}
