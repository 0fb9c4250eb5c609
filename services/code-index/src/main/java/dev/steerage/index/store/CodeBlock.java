package dev.steerage.index.store;

/// What is known about 256 neighbouring codes of a site.
final class CodeBlock {
  static final int CODES = 256;
  static final int NONE = -1;

  static final int HEADS = 8;
  static final int NEWEST = 0;
  static final int OLDEST = 1;
  static final int CONTEXTS = 2;
  static final int SAMPLE = 3;
  static final int SAMPLED = 4;
  static final int BOUND = 5;

  /// Of one code, without the tokens that it fired on.
  static final int BYTES_PER_CODE = 8 + 4 + HEADS * 4;

  final long[] committed = new long[CODES];
  final int[] live = new int[CODES];
  // Of each code: ends of the list of recent contexts, slots of ContextStore, and their number;
  // head
  // and number of the sampled ones, and their highest hash.
  final int[] heads = new int[CODES * HEADS];
  final TopTokens firedOn;

  /// @param tokensPerCode 0: tokens fired on are not kept
  CodeBlock(int tokensPerCode) {
    for (int at = 0; at < heads.length; at += HEADS) {
      heads[at + NEWEST] = NONE;
      heads[at + OLDEST] = NONE;
      heads[at + SAMPLE] = NONE;
    }
    firedOn = new TopTokens(CODES, tokensPerCode);
  }
}
