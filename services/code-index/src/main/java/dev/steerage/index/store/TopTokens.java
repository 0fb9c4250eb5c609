package dev.steerage.index.store;

import java.util.stream.IntStream;

/// The tokens that each of some codes fired on most, in constant space (space-saving counters): a
/// count is an upper bound, too high by at most what its entry took over.
final class TopTokens {
  /// Of one entry.
  static final int BYTES = 3 * Integer.BYTES;

  private final int perCode;
  private final int[] tokens;
  private final int[] counts;
  private final int[] over;

  TopTokens(int codes, int perCode) {
    this.perCode = perCode;
    tokens = new int[codes * perCode];
    counts = new int[codes * perCode];
    over = new int[codes * perCode];
  }

  void add(int code, int token) {
    int from = code * perCode;
    int least = from;
    for (int i = from; i < from + perCode; i++) {
      if (counts[i] > 0 && tokens[i] == token) {
        counts[i] = increment(counts[i]);
        return;
      }
      if (counts[i] < counts[least]) {
        least = i;
      }
    }
    if (perCode > 0) {
      tokens[least] = token;
      over[least] = counts[least];
      counts[least] = increment(counts[least]);
    }
  }

  private static int increment(int count) {
    return count == Integer.MAX_VALUE ? count : count + 1;
  }

  /// Entries of a code that are in use, most frequent first, as places for [#token] and the rest.
  int[] of(int code) {
    return IntStream.range(code * perCode, (code + 1) * perCode)
        .filter(i -> counts[i] > 0)
        .boxed()
        .sorted(
            (a, b) ->
                counts[a] != counts[b]
                    ? Integer.compare(counts[b], counts[a])
                    : Integer.compare(tokens[a], tokens[b]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /// Puts an entry where [#token] and the rest will find it.
  void set(int place, int token, int count, int tooHigh) {
    tokens[place] = token;
    counts[place] = count;
    over[place] = tooHigh;
  }

  /// Entries of all codes.
  int places() {
    return tokens.length;
  }

  int token(int place) {
    return tokens[place];
  }

  int count(int place) {
    return counts[place];
  }

  int over(int place) {
    return over[place];
  }
}
