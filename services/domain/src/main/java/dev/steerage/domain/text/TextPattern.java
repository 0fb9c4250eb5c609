package dev.steerage.domain.text;

import java.util.BitSet;
import java.util.List;

/// A pattern that is looked for in a stream of characters. Immutable.
///
/// Literals, `.` (all but a line feed), `[…]`, `\d \w \s` and their opposites, `(…)`, `|`, `*`,
/// `+`, `?`, `{m,n}`; `(?i)` at the beginning ignores case. No anchors and nothing that looks back
/// or ahead: whether a match ends at a character depends on the characters up to it only.
///
/// Time per character and memory depend on the pattern only. States are bits: the automaton has one
/// per character position of the pattern.
public final class TextPattern {
  /// Character positions of a pattern, repetitions counted out.
  public static final int POSITIONS = 256;

  private static final int ASCII = 128;

  final int words;
  private final List<CharSet> sets;
  private final long[] first;
  private final long[] last;
  private final long[][] follow;
  private final long[][] ascii;

  private TextPattern(Glushkov automaton, Glushkov.Part whole) {
    sets = List.copyOf(automaton.sets());
    words = (sets.size() + 63) >>> 6;
    first = bits(whole.first());
    last = bits(whole.last());
    follow = automaton.follow().stream().map(this::bits).toArray(long[][]::new);
    ascii = new long[ASCII][];
    for (int c = 0; c < ASCII; c++) {
      BitSet members = new BitSet();
      for (int position = 0; position < sets.size(); position++) {
        members.set(position, sets.get(position).contains(c));
      }
      ascii[c] = bits(members);
    }
  }

  /// Reads a pattern.
  ///
  /// @throws PatternException saying what is wrong and where
  public static TextPattern parse(String pattern) {
    Glushkov automaton = new Glushkov(POSITIONS);
    Glushkov.Part whole = new PatternParser(pattern, automaton).parse();
    if (whole.isEmptyAllowed()) {
      throw new PatternException("matches the empty text");
    }
    return new TextPattern(automaton, whole);
  }

  private long[] bits(BitSet set) {
    return java.util.Arrays.copyOf(set.toLongArray(), words);
  }

  /// Goes one character on.
  ///
  /// @param state positions whose character was the last one; overwritten
  /// @param next scratch of the same length
  /// @return whether a match ends here
  boolean step(long[] state, long[] next, int character) {
    System.arraycopy(first, 0, next, 0, words);
    for (int word = 0; word < words; word++) {
      for (long rest = state[word]; rest != 0; rest &= rest - 1) {
        long[] reachable = follow[(word << 6) + Long.numberOfTrailingZeros(rest)];
        for (int i = 0; i < words; i++) {
          next[i] |= reachable[i];
        }
      }
    }
    long ends = 0;
    for (int word = 0; word < words; word++) {
      state[word] =
          character < ASCII ? next[word] & ascii[character][word] : among(next, word, character);
      ends |= state[word] & last[word];
    }
    return ends != 0;
  }

  private long among(long[] next, int word, int character) {
    long members = 0;
    for (long rest = next[word]; rest != 0; rest &= rest - 1) {
      int bit = Long.numberOfTrailingZeros(rest);
      if (sets.get((word << 6) + bit).contains(character)) {
        members |= 1L << bit;
      }
    }
    return members;
  }
}
