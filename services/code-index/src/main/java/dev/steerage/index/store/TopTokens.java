package dev.steerage.index.store;

import java.util.stream.IntStream;

/// The tokens that each of some codes fired on most, in constant space (space-saving counters): a
/// count is an upper bound, too high by at most what its entry took over.
final class TopTokens {
  /// Of one entry.
  static final int BYTES = 3 * Integer.BYTES;

  private static final int ENTRY = 3;
  private static final int COUNT = 1;
  private static final int OVER = 2;

  private final int perCode;
  // Token, count and by how much it may be too high, of each place.
  private final int[] entries;

  TopTokens(int codes, int perCode) {
    this.perCode = perCode;
    entries = new int[codes * perCode * ENTRY];
  }

  void add(int code, int token) {
    int from = code * perCode * ENTRY;
    int to = from + perCode * ENTRY;
    int least = from;
    for (int at = from; at < to; at += ENTRY) {
      int count = entries[at + COUNT];
      if (entries[at] == token && count > 0) {
        entries[at + COUNT] = increment(count);
        return;
      }
      if (count < entries[least + COUNT]) {
        least = at;
      }
    }
    if (perCode > 0) {
      int count = entries[least + COUNT];
      entries[least] = token;
      entries[least + OVER] = count;
      entries[least + COUNT] = increment(count);
    }
  }

  private static int increment(int count) {
    return count == Integer.MAX_VALUE ? count : count + 1;
  }

  /// Entries of a code that are in use, most frequent first, as places for [#token] and the rest.
  int[] of(int code) {
    return IntStream.range(code * perCode, (code + 1) * perCode)
        .filter(i -> count(i) > 0)
        .boxed()
        .sorted(
            (a, b) ->
                count(a) != count(b)
                    ? Integer.compare(count(b), count(a))
                    : Integer.compare(token(a), token(b)))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /// Puts an entry where [#token] and the rest will find it.
  void set(int place, int token, int count, int tooHigh) {
    entries[place * ENTRY] = token;
    entries[place * ENTRY + COUNT] = count;
    entries[place * ENTRY + OVER] = tooHigh;
  }

  /// Entries of all codes.
  int places() {
    return entries.length / ENTRY;
  }

  int token(int place) {
    return entries[place * ENTRY];
  }

  int count(int place) {
    return entries[place * ENTRY + COUNT];
  }

  int over(int place) {
    return entries[place * ENTRY + OVER];
  }
}
