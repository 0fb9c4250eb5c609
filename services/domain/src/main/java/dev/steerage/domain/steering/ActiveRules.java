package dev.steerage.domain.steering;

import java.util.Arrays;

/// A set of indexes into a program, reused from position to position and used as a key.
final class ActiveRules {
  private final long[] words;

  // Words outside of these are zero: of thousands of rules few act, at most positions none.
  private int low = Integer.MAX_VALUE;
  private int high = -1;

  ActiveRules(int size) {
    words = new long[(size + 63) >>> 6];
  }

  void clear() {
    if (high >= 0) {
      Arrays.fill(words, low, high + 1, 0);
      low = Integer.MAX_VALUE;
      high = -1;
    }
  }

  void add(int index) {
    int word = index >>> 6;
    words[word] |= 1L << index;
    low = Math.min(low, word);
    high = Math.max(high, word);
  }

  boolean contains(int index) {
    return (words[index >>> 6] & 1L << index) != 0;
  }

  /// The first index from `from` on, or -1.
  int next(int from) {
    int word = Math.max(from >>> 6, low);
    if (word > high) {
      return -1;
    }
    long rest = word == from >>> 6 ? words[word] & -1L << from : words[word];
    while (rest == 0) {
      if (++word > high) {
        return -1;
      }
      rest = words[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(rest);
  }

  boolean isEmpty() {
    return high < 0;
  }

  void copyFrom(ActiveRules other) {
    System.arraycopy(other.words, 0, words, 0, words.length);
    low = other.low;
    high = other.high;
  }

  ActiveRules copy() {
    ActiveRules copy = new ActiveRules(words.length << 6);
    copy.copyFrom(this);
    return copy;
  }

  /// Whether every index of another set of the same size is in this one.
  boolean containsAll(ActiveRules other) {
    for (int i = 0; i < words.length; i++) {
      if ((other.words[i] & ~words[i]) != 0) {
        return false;
      }
    }
    return true;
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
