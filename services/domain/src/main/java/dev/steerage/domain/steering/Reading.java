package dev.steerage.domain.steering;

import dev.steerage.domain.text.TextMatcher;
import dev.steerage.domain.text.Utf8Stream;
import java.util.Arrays;

/// What conditions look at: the position, the tokens up to it, which watched codes were natural
/// before it, which patterns end at it. One per request; what it knows of codes and text is made
/// again for each program, so that a rule which arrives later sees the same as one that was there.
final class Reading {
  private static final int WINDOW = Long.SIZE;

  private final TokenBytes texts;
  private int[] tokens = new int[64];
  private int position = -1;
  private boolean generation;

  private Watches watches = Watches.NONE;
  // Bit j of a mask: a code of the watch was natural at position lastFired - j.
  private long[] masks = new long[0];
  private int[] lastFired = new int[0];
  private int watchedTo;
  // Watches that fired since the last take; each at most once.
  private int[] fresh = new int[0];
  private boolean[] isFresh = new boolean[0];
  private int freshCount;

  private TextMatcher[] matchers = new TextMatcher[0];
  private boolean[] matched = new boolean[0];
  private Utf8Stream characters = new Utf8Stream();
  private int textTo;

  Reading(TokenBytes texts) {
    this.texts = texts;
  }

  /// Looks for what another program needs, from the beginning.
  void follow(RuleProgram program) {
    watches = program.watches();
    masks = new long[watches.size()];
    lastFired = new int[watches.size()];
    Arrays.fill(lastFired, -WINDOW);
    watchedTo = 0;
    fresh = new int[watches.size()];
    isFresh = new boolean[watches.size()];
    freshCount = 0;
    matchers = program.patterns().stream().map(TextMatcher::new).toArray(TextMatcher[]::new);
    matched = new boolean[matchers.length];
    characters = new Utf8Stream();
    textTo = 0;
  }

  void goTo(int next, int token, boolean isGeneration, FiredHistory history) {
    position = next;
    generation = isGeneration;
    if (next >= tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(next + 1, 2 * tokens.length));
    }
    tokens[next] = token;
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
      int count = characters.read(texts.of(tokens[textTo]));
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
    return tokens[position];
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
    int from = position - sequence.length + 1;
    return from >= 0 && Arrays.equals(tokens, from, position + 1, sequence, 0, sequence.length);
  }

  boolean isMatched(int pattern) {
    return matched[pattern];
  }

  int patternCount() {
    return matchers.length;
  }
}
