package dev.steerage.index.store;

import java.util.Arrays;
import java.util.stream.IntStream;

/// What is known about 256 neighbouring codes of a site.
///
/// All that a firing touches lies side by side, in one row per code: the count (two words), the
/// bound of the sample, the windows of its most recent firings, and the tokens that it fired on
/// most with their counts (space-saving counters: a count is an upper bound, too high by at most
/// what its entry took over). What is touched rarely is kept apart.
final class CodeBlock {
  static final int CODES = 256;
  static final int NONE = -1;

  /// What a bound is while the sample has room: above the hash of every position.
  static final int UNBOUND = Integer.MAX_VALUE;

  private static final int HIGH = 1;
  private static final int BOUND = 2;
  private static final int RECENT = 3;
  // Arrays of a row: tokens, counts, what was taken over.
  private static final int TOKEN_WORDS = 3;

  final int recentPerCode;
  final int samplePerCode;
  final int tokensPerCode;
  // Words of a row; where in it the tokens begin.
  private final int stride;
  private final int tokensAt;
  private final int[] rows;
  // Windows, as slots of WindowStore, or NONE.
  private final int[] samples;
  final int[] live = new int[CODES];

  CodeBlock(IndexLimits limits, int tokensPerCode) {
    this.recentPerCode = recentPerCode(limits);
    this.samplePerCode = samplePerCode(limits);
    this.tokensPerCode = tokensPerCode;
    tokensAt = RECENT + recentPerCode;
    stride = tokensAt + TOKEN_WORDS * tokensPerCode;
    rows = new int[CODES * stride];
    samples = new int[CODES * samplePerCode];
    Arrays.fill(samples, NONE);
    for (int row = BOUND; row < rows.length; row += stride) {
      rows[row] = samplePerCode == 0 ? Integer.MIN_VALUE : UNBOUND;
    }
  }

  /// The most recent contexts that are kept of a code.
  static int recentPerCode(IndexLimits limits) {
    return limits.contextsPerCode() - limits.contextsPerCode() / 2;
  }

  /// The contexts of the lowest hashes that are kept of a code. As many more than are shown as are
  /// kept of the most recent ones: they may be among them.
  static int samplePerCode(IndexLimits limits) {
    return limits.contextsPerCode() / 2 == 0 ? 0 : limits.contextsPerCode();
  }

  /// Of one code.
  static long bytesPerCode(IndexLimits limits, int tokensPerCode) {
    int words = RECENT + recentPerCode(limits) + samplePerCode(limits) + 1;
    return (long) Integer.BYTES * (words + TOKEN_WORDS * tokensPerCode);
  }

  /// Counts a firing of a code on a token.
  ///
  /// @param window number of the position's window, newer than all before; 0: it has none
  /// @return whether the sample wants the position
  boolean fire(int code, int token, int window, int hash) {
    int[] words = rows;
    int row = code * stride;
    if (++words[row] == 0) {
      words[row + HIGH]++;
    }
    if (window != 0) {
      int newest = row + RECENT;
      for (int at = newest + recentPerCode - 1; at > newest; at--) {
        words[at] = words[at - 1];
      }
      words[newest] = window;
    }
    fireOn(words, row + tokensAt, token);
    return hash < words[row + BOUND];
  }

  /// Reads from each line of the cache that holds a part of a code's row.
  int touch(int code) {
    int row = code * stride;
    return rows[row] + rows[row + stride / 2] + rows[row + stride - 1];
  }

  private void fireOn(int[] words, int from, int token) {
    int perCode = tokensPerCode;
    int to = from + perCode;
    for (int at = from; at < to; at++) {
      if (words[at] == token && words[at + perCode] != 0) {
        words[at + perCode] = increment(words[at + perCode]);
        return;
      }
    }
    if (perCode > 0) {
      takeOver(words, from, token);
    }
  }

  /// The entry of the lowest count, the first of equals, goes on with another token.
  private void takeOver(int[] words, int from, int token) {
    int perCode = tokensPerCode;
    int least = from;
    int leastCount = words[from + perCode];
    for (int at = from + 1; at < from + perCode; at++) {
      int count = words[at + perCode];
      if (count < leastCount) {
        least = at;
        leastCount = count;
      }
    }
    words[least] = token;
    words[least + perCode] = increment(leastCount);
    words[least + 2 * perCode] = leastCount;
  }

  private static int increment(int count) {
    return count == Integer.MAX_VALUE ? count : count + 1;
  }

  /// Committed firings of a code.
  long committed(int code) {
    int row = code * stride;
    return (long) rows[row + HIGH] << 32 | rows[row] & 0xFFFF_FFFFL;
  }

  void setCommitted(int code, long firings) {
    rows[code * stride] = (int) firings;
    rows[code * stride + HIGH] = (int) (firings >>> 32);
  }

  /// The window of a recent firing, newest first; 0: there was none.
  int recent(int code, int i) {
    return rows[code * stride + RECENT + i];
  }

  void setRecent(int code, int i, int window) {
    rows[code * stride + RECENT + i] = window;
  }

  /// Those of all codes, one code after the other.
  int[] samples() {
    return samples;
  }

  int sample(int code, int i) {
    return samples[code * samplePerCode + i];
  }

  void setSample(int code, int i, int slot) {
    samples[code * samplePerCode + i] = slot;
  }

  /// Positions of this hash or a higher one are not in a code's sample.
  void setBound(int code, int hash) {
    rows[code * stride + BOUND] = hash;
  }

  /// Entries of a code's tokens that are in use, most frequent first, ties to the lowest token.
  int[] firedOn(int code) {
    return IntStream.range(0, tokensPerCode)
        .filter(i -> tokenCount(code, i) > 0)
        .boxed()
        .sorted(
            (a, b) ->
                tokenCount(code, a) != tokenCount(code, b)
                    ? Integer.compare(tokenCount(code, b), tokenCount(code, a))
                    : Integer.compare(token(code, a), token(code, b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /// Puts an entry where [#token] and the rest will find it.
  void setToken(int code, int i, int token, int count, int tooHigh) {
    int at = code * stride + tokensAt + i;
    rows[at] = token;
    rows[at + tokensPerCode] = count;
    rows[at + 2 * tokensPerCode] = tooHigh;
  }

  int token(int code, int i) {
    return rows[code * stride + tokensAt + i];
  }

  int tokenCount(int code, int i) {
    return rows[code * stride + tokensAt + tokensPerCode + i];
  }

  int tokenOver(int code, int i) {
    return rows[code * stride + tokensAt + 2 * tokensPerCode + i];
  }
}
