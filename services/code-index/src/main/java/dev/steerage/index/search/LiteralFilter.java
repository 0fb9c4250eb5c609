package dev.steerage.index.search;

import dev.steerage.index.corpus.Trigrams;
import java.util.BitSet;
import java.util.Optional;

/// The documents in which a pattern can match, by the texts that every match contains.
final class LiteralFilter {
  private static final int LEAST_BYTES = 3;

  private LiteralFilter() {}

  /// Candidates; none: any document.
  static Optional<BitSet> documents(PatternNode node, Trigrams trigrams) {
    return switch (node) {
      case PatternNode.Bytes _ -> Optional.empty();
      case PatternNode.Sequence sequence -> sequence(sequence, trigrams);
      case PatternNode.Choice choice -> {
        BitSet union = new BitSet();
        for (PatternNode part : choice.parts()) {
          Optional<BitSet> one = documents(part, trigrams);
          if (one.isEmpty()) {
            yield Optional.empty();
          }
          union.or(one.get());
        }
        yield Optional.of(union);
      }
      case PatternNode.Repeat repeat ->
          repeat.least() == 0 ? Optional.empty() : documents(repeat.part(), trigrams);
    };
  }

  private static Optional<BitSet> sequence(PatternNode.Sequence sequence, Trigrams trigrams) {
    Optional<BitSet> found = Optional.empty();
    StringBuilder run = new StringBuilder();
    for (PatternNode part : sequence.parts()) {
      int only = onlyByte(part);
      if (only >= 0) {
        run.append((char) only);
        continue;
      }
      found = both(found, literal(run, trigrams));
      run.setLength(0);
      found = both(found, documents(part, trigrams));
    }
    return both(found, literal(run, trigrams));
  }

  /// The byte of a set that has one only, or one letter in both cases; else -1.
  private static int onlyByte(PatternNode node) {
    if (!(node instanceof PatternNode.Bytes one)) {
      return -1;
    }
    BitSet bytes = one.bytes();
    int first = bytes.nextSetBit(0);
    boolean isLetter =
        bytes.cardinality() == 2
            && Character.isLetter(first)
            && bytes.get(Character.toLowerCase(first));
    return bytes.cardinality() == 1 || isLetter ? first : -1;
  }

  private static Optional<BitSet> literal(StringBuilder run, Trigrams trigrams) {
    if (run.length() < LEAST_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = new byte[run.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) run.charAt(i);
    }
    return Optional.of(trigrams.candidates(bytes));
  }

  private static Optional<BitSet> both(Optional<BitSet> left, Optional<BitSet> right) {
    if (left.isEmpty()) {
      return right;
    }
    right.ifPresent(left.get()::and);
    return left;
  }
}
