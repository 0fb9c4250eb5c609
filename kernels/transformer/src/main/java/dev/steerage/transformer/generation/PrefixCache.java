package dev.steerage.transformer.generation;

import dev.steerage.transformer.intervention.Steering;
import java.util.Arrays;

/// Full pages of keys and values that later requests may use again, as a tree: a page is known by
/// the page before it, its tokens, and the interventions at each of its positions. So what is found
/// was computed from exactly the same, and gives the same bits as computing it anew. The first page
/// of a tree carries a salt: requests of different salts never meet.
///
/// Its memory is fixed when it is made. Pages that no request uses are given up from the one whose
/// last use is longest ago; the order depends on the calls alone.
final class PrefixCache {
  static final int NONE = -1;

  private final int page;
  private final int unusedMax;
  private final int[] tokens;
  private final Steering[] steering;
  private final int[] parent;
  private final String[] salt;
  private final long[] hash;
  private final int[] users;
  private final boolean[] cached;

  // Hash chains.
  private final int[] buckets;
  private final int[] next;

  // Unused pages by last use.
  private final int[] older;
  private final int[] newer;
  private int oldest = NONE;
  private int newest = NONE;
  private int unused;

  /// @param pages of the whole store; any of them may come in here
  /// @param page positions of a page
  /// @param unusedMax most pages kept that no request uses
  PrefixCache(int pages, int page, int unusedMax) {
    this.page = page;
    this.unusedMax = unusedMax;
    tokens = new int[Math.multiplyExact(pages, page)];
    steering = new Steering[pages * page];
    parent = new int[pages];
    salt = new String[pages];
    hash = new long[pages];
    users = new int[pages];
    cached = new boolean[pages];
    buckets = new int[Integer.highestOneBit(Math.max(1, pages)) * 2];
    Arrays.fill(buckets, NONE);
    next = new int[pages];
    older = new int[pages];
    newer = new int[pages];
  }

  /// Notes what a position of a page is made from, as it is forwarded.
  void note(int at, int slot, int token, Steering how) {
    tokens[at * page + slot] = token;
    steering[at * page + slot] = how;
  }

  /// The page that follows `before` with these tokens and interventions, or [#NONE].
  ///
  /// @param before the page before, [#NONE] for the first
  /// @param how of the page's positions in order
  int find(String ownSalt, int before, int[] sequence, int from, Steering[] how) {
    return search(
        hash(ownSalt, before, sequence, from, how, 0), ownSalt, before, sequence, from, how, 0);
  }

  /// A page that was noted in full, or the one in here that says the same.
  int findNoted(String ownSalt, int before, int at) {
    int from = at * page;
    return search(
        hash(ownSalt, before, tokens, from, steering, from),
        ownSalt,
        before,
        tokens,
        from,
        steering,
        from);
  }

  private int search(
      long key, String ownSalt, int before, int[] ids, int from, Steering[] how, int howFrom) {
    for (int at = buckets[bucket(key)]; at != NONE; at = next[at]) {
      if (hash[at] == key && isSame(at, ownSalt, before, ids, from, how, howFrom)) {
        return at;
      }
    }
    return NONE;
  }

  private boolean isSame(
      int at, String ownSalt, int before, int[] ids, int from, Steering[] how, int howFrom) {
    if (parent[at] != before || before == NONE && !salt[at].equals(ownSalt)) {
      return false;
    }
    int own = at * page;
    for (int i = 0; i < page; i++) {
      if (tokens[own + i] != ids[from + i] || !steering[own + i].equals(how[howFrom + i])) {
        return false;
      }
    }
    return true;
  }

  private long hash(String ownSalt, int before, int[] ids, int from, Steering[] how, int howFrom) {
    long key = before == NONE ? ownSalt.hashCode() : hash[before];
    for (int i = 0; i < page; i++) {
      key = (key ^ ids[from + i]) * 0x9E3779B97F4A7C15L;
      key = (key ^ key >>> 32 ^ how[howFrom + i].hashCode()) * 0xBF58476D1CE4E5B9L;
    }
    return key ^ key >>> 29;
  }

  private int bucket(long key) {
    return (int) (key ^ key >>> 32) & buckets.length - 1;
  }

  /// Takes a noted page in, used by one request.
  void insert(String ownSalt, int before, int at) {
    assert !cached[at] : "page=" + at;
    int from = at * page;
    long key = hash(ownSalt, before, tokens, from, steering, from);
    hash[at] = key;
    parent[at] = before;
    salt[at] = ownSalt;
    users[at] = 1;
    cached[at] = true;
    next[at] = buckets[bucket(key)];
    buckets[bucket(key)] = at;
  }

  boolean contains(int at) {
    return cached[at];
  }

  /// One more request uses a page. Who uses a page uses all pages before it.
  void use(int at) {
    if (users[at]++ == 0) {
      unlink(at);
    }
  }

  /// One request less uses a page; a request lets go of its last page first, so that a page is
  /// never given up before those after it.
  ///
  /// @return whether there are more unused pages now than may be kept
  boolean letGo(int at) {
    assert users[at] > 0 : "page=" + at;
    if (--users[at] > 0) {
      return false;
    }
    older[at] = newest;
    newer[at] = NONE;
    if (newest == NONE) {
      oldest = at;
    } else {
      newer[newest] = at;
    }
    newest = at;
    unused++;
    return unused > unusedMax;
  }

  /// Pages that no request uses.
  int unused() {
    return unused;
  }

  /// Gives up the page whose last use is longest ago.
  int evict() {
    int at = oldest;
    assert at != NONE : "unused=" + unused;
    unlink(at);
    int link = bucket(hash[at]);
    if (buckets[link] == at) {
      buckets[link] = next[at];
    } else {
      int before = buckets[link];
      while (next[before] != at) {
        before = next[before];
      }
      next[before] = next[at];
    }
    cached[at] = false;
    salt[at] = null;
    Arrays.fill(steering, at * page, (at + 1) * page, null);
    return at;
  }

  private void unlink(int at) {
    if (older[at] == NONE) {
      oldest = newer[at];
    } else {
      newer[older[at]] = newer[at];
    }
    if (newer[at] == NONE) {
      newest = older[at];
    } else {
      older[newer[at]] = older[at];
    }
    unused--;
  }
}
