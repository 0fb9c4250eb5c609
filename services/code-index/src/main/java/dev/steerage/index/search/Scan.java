package dev.steerage.index.search;

import dev.steerage.index.corpus.Segment;
import java.util.BitSet;
import java.util.Optional;

/// Finds marked tokens. For one thread; [#copy] makes another one.
interface Scan {
  /// Takes a position of the segment.
  @FunctionalInterface
  interface Sink {
    void marked(int position);
  }

  /// Documents that can hold a match; none: any.
  default Optional<BitSet> documents(Segment segment) {
    return Optional.empty();
  }

  /// Marks the matches of one document in ascending order; a token may be marked more than once.
  void scan(Segment segment, int document, Sink sink);

  /// The same for another thread.
  Scan copy();
}
