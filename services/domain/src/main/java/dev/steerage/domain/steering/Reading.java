package dev.steerage.domain.steering;

import dev.steerage.domain.text.TextMatcher;
import dev.steerage.domain.text.Utf8Stream;
import java.util.Arrays;

/// What the conditions of one part of a program look at: the position, the tokens up to it, which
/// watched codes were natural before it, which patterns end at it. Made for a request and a part:
/// it looks at codes and text from the beginning, so that a rule which arrives later sees the same
/// as one that was there.
final class Reading {
  private static final int WINDOW = Long.SIZE;

  private final ReadTokens tokens;
  private final TokenBytes texts;
  private final Watches watches;
  // Bit j of a mask: a code of the watch was natural at position lastFired - j.
  private final long[] masks;
  private final int[] lastFired;
  // Watches that fired since the last take; each at most once.
  private final int[] fresh;
  private final boolean[] isFresh;
  private final TextMatcher[] matchers;
  private final boolean[] matched;
  private final Utf8Stream characters = new Utf8Stream();
  private int position = -1;
  private boolean generation;
  private int watchedTo;
  private int freshCount;
  private int textTo;

  Reading(RulePart part, ReadTokens tokens, TokenBytes texts) {
    this.tokens = tokens;
    this.texts = texts;
    watches = part.watches;
    masks = new long[watches.size()];
    lastFired = new int[watches.size()];
    Arrays.fill(lastFired, -WINDOW);
    fresh = new int[watches.size()];
    isFresh = new boolean[watches.size()];
    matchers = part.patterns.stream().map(TextMatcher::new).toArray(TextMatcher[]::new);
    matched = new boolean[matchers.length];
  }

  /// The token at the position is among the tokens already.
  void goTo(int next, boolean isGeneration, FiredHistory history) {
    position = next;
    generation = isGeneration;
    if (masks.length > 0) {
      watch(history);
    }
    if (matchers.length > 0) {
      readText();
    }
  }

  private void watch(FiredHistory history) {
    for (int at = Math.max(watchedTo, position - WINDOW); at < position; at++) {
      watches.see(this, at, history);
    }
    watchedTo = position;
  }

  /// A code of a watch was natural.
  void fired(int watch, int at) {
    if (lastFired[watch] != at) {
      masks[watch] = aged(watch, at) | 1;
      lastFired[watch] = at;
      if (!isFresh[watch]) {
        isFresh[watch] = true;
        fresh[freshCount++] = watch;
      }
    }
  }

  /// A watch that fired and was not taken yet, or -1.
  int takeFired() {
    if (freshCount == 0) {
      return -1;
    }
    int watch = fresh[--freshCount];
    isFresh[watch] = false;
    return watch;
  }

  private long aged(int watch, int at) {
    int age = at - lastFired[watch];
    return age >= WINDOW ? 0 : masks[watch] << age;
  }

  private void readText() {
    Arrays.fill(matched, false);
    for (; textTo <= position; textTo++) {
      int count = characters.read(texts.of(tokens.at(textTo)));
      boolean isHere = textTo == position;
      for (int pattern = 0; pattern < matchers.length; pattern++) {
        boolean found = matchers[pattern].read(characters.characters(), count);
        matched[pattern] = isHere && found;
      }
    }
  }

  int position() {
    return position;
  }

  boolean isGeneration() {
    return generation;
  }

  int token() {
    return tokens.at(position);
  }

  /// At how many of the `over` positions before this one a code of the watch was natural.
  int firedWithin(int watch, int over) {
    long window = aged(watch, position - 1);
    return Long.bitCount(over == WINDOW ? window : window & (1L << over) - 1);
  }

  /// Whether the last time is at most `over` positions ago.
  boolean isRecent(int watch, int over) {
    return position - lastFired[watch] <= over;
  }

  boolean endsWith(int[] sequence) {
    return tokens.endsWith(sequence, position);
  }

  boolean isMatched(int pattern) {
    return matched[pattern];
  }

  int patternCount() {
    return matchers.length;
  }
}
