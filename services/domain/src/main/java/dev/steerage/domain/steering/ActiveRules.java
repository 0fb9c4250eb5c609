package dev.steerage.domain.steering;

import java.util.Arrays;

/// A set of indexes into a program, reused from position to position and used as a key.
final class ActiveRules {
  private final long[] words;

  ActiveRules(int size) {
    words = new long[(size + 63) >>> 6];
  }

  private ActiveRules(long[] words) {
    this.words = words;
  }

  void clear() {
    Arrays.fill(words, 0);
  }

  void add(int index) {
    words[index >>> 6] |= 1L << index;
  }

  boolean contains(int index) {
    return (words[index >>> 6] & 1L << index) != 0;
  }

  /// The first index from `from` on, or -1.
  int next(int from) {
    int word = from >>> 6;
    if (word >= words.length) {
      return -1;
    }
    long rest = words[word] & -1L << from;
    while (rest == 0) {
      if (++word == words.length) {
        return -1;
      }
      rest = words[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(rest);
  }

  boolean isEmpty() {
    for (long word : words) {
      if (word != 0) {
        return false;
      }
    }
    return true;
  }

  void copyFrom(ActiveRules other) {
    System.arraycopy(other.words, 0, words, 0, words.length);
  }

  ActiveRules copy() {
    return new ActiveRules(words.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ActiveRules rules && Arrays.equals(words, rules.words);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(words);
  }
}
