package dev.steerage.index.store;

import org.agrona.collections.Long2LongHashMap;

/// Up to where requests were committed whose trace is forgotten, so that a late live frame cannot
/// count a committed position a second time. Holds a fixed number of requests; the oldest goes.
final class Watermarks {
  private static final int LIMIT = 65_536;
  private static final long NONE = -1;

  private final Long2LongHashMap ends = new Long2LongHashMap(NONE);
  private final long[] order = new long[LIMIT];
  private int next;
  private boolean full;

  void put(String tenant, String request, int end) {
    put(key(tenant, request), end);
  }

  /// The same by the key that [#forEach] gives.
  void put(long key, int end) {
    long known = ends.get(key);
    if (known == NONE) {
      if (full) {
        ends.remove(order[next]);
      }
      order[next] = key;
      next = (next + 1) % LIMIT;
      full |= next == 0;
    }
    ends.put(key, Math.max(known, end));
  }

  /// One past the last position known to be committed; 0 if the request is not known.
  int end(String tenant, String request) {
    long end = ends.get(key(tenant, request));
    return end == NONE ? 0 : (int) end;
  }

  int size() {
    return full ? LIMIT : next;
  }

  /// Calls with every key and end, the oldest first.
  void forEach(KeyAndEnd each) {
    for (int i = full ? next : 0, left = size(); left > 0; left--) {
      each.accept(order[i], (int) ends.get(order[i]));
      i = (i + 1) % LIMIT;
    }
  }

  /// One request.
  @FunctionalInterface
  interface KeyAndEnd {
    void accept(long key, int end);
  }

  // 64 bits of FNV-1a over both names: two of 65,536 requests collide with probability 1e-10, and
  // then some live positions of one of them wait for their record.
  private static long key(String tenant, String request) {
    return hash(hash(0xcbf29ce484222325L, tenant) * 31, request);
  }

  private static long hash(long seed, String text) {
    long hash = seed;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
