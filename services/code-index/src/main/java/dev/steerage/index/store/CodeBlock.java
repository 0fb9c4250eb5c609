package dev.steerage.index.store;

import java.util.Arrays;

/// What is known about 256 neighbouring codes of a site.
final class CodeBlock {
  static final int CODES = 256;
  static final int NONE = -1;

  /// Of one code, without the tokens that it fired on.
  static final int BYTES_PER_CODE = 8 + 4 + 4 + 4 + 4;

  final long[] committed = new long[CODES];
  final int[] live = new int[CODES];
  // Heads of the list of contexts of each code; slots of ContextStore.
  final int[] newest = new int[CODES];
  final int[] oldest = new int[CODES];
  final int[] contexts = new int[CODES];
  final TopTokens firedOn;

  /// @param tokensPerCode 0: tokens fired on are not kept
  CodeBlock(int tokensPerCode) {
    Arrays.fill(newest, NONE);
    Arrays.fill(oldest, NONE);
    firedOn = new TopTokens(CODES, tokensPerCode);
  }
}
