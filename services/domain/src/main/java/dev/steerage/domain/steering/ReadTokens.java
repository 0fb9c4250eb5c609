package dev.steerage.domain.steering;

import java.util.Arrays;

/// The tokens of one request up to the position it is at.
final class ReadTokens {
  private int[] tokens;

  /// @param positions that the request is expected to reach; more cost an array
  ReadTokens(int positions) {
    tokens = new int[positions];
  }

  void put(int position, int token) {
    if (position >= tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(position + 1, 2 * tokens.length));
    }
    tokens[position] = token;
  }

  int at(int position) {
    return tokens[position];
  }

  /// Whether these are the last tokens up to a position.
  boolean endsWith(int[] sequence, int position) {
    int from = position - sequence.length + 1;
    return from >= 0 && Arrays.equals(tokens, from, position + 1, sequence, 0, sequence.length);
  }
}
