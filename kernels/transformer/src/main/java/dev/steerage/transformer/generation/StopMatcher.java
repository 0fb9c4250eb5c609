package dev.steerage.transformer.generation;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// Looks for stop strings in the bytes of the generated text as they come: one Knuth-Morris-Pratt
/// automaton per string, so a string may begin and end in the middle of tokens.
final class StopMatcher {
  private final byte[][] patterns;
  private final int[][] fallback;
  private final int[] matched;

  StopMatcher(List<String> stop) {
    patterns = new byte[stop.size()][];
    fallback = new int[stop.size()][];
    matched = new int[stop.size()];
    for (int i = 0; i < patterns.length; i++) {
      patterns[i] = stop.get(i).getBytes(StandardCharsets.UTF_8);
      fallback[i] = fallback(patterns[i]);
    }
  }

  /// Takes the bytes of the next token.
  ///
  /// @return whether a stop string is complete now
  boolean accept(byte[] bytes) {
    boolean found = false;
    for (int i = 0; i < patterns.length; i++) {
      for (byte b : bytes) {
        found |= step(i, b);
      }
    }
    return found;
  }

  private boolean step(int i, byte b) {
    byte[] pattern = patterns[i];
    int state = matched[i];
    if (state == pattern.length) {
      state = fallback[i][state];
    }
    while (state > 0 && pattern[state] != b) {
      state = fallback[i][state];
    }
    matched[i] = pattern[state] == b ? state + 1 : state;
    return matched[i] == pattern.length;
  }

  /// For each length of a match: the next shorter one that may still hold.
  private static int[] fallback(byte[] pattern) {
    int[] table = new int[pattern.length + 1];
    int state = 0;
    for (int i = 1; i < pattern.length; i++) {
      while (state > 0 && pattern[state] != pattern[i]) {
        state = table[state];
      }
      state = pattern[state] == pattern[i] ? state + 1 : state;
      table[i + 1] = state;
    }
    return table;
  }
}
