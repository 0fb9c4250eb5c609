package dev.steerage.transformer.generation;

/// The free pages of the cache of keys and values.
final class PagePool {
  private final int[] free;
  private int count;

  PagePool(int pages) {
    free = new int[pages];
    count = pages;
    for (int i = 0; i < pages; i++) {
      free[i] = pages - 1 - i;
    }
  }

  int free() {
    return count;
  }

  int pages() {
    return free.length;
  }

  void take(int wanted, int[] into, int at) {
    for (int i = 0; i < wanted; i++) {
      into[at + i] = free[--count];
    }
  }

  void giveBack(int[] from, int at, int pages) {
    for (int i = 0; i < pages; i++) {
      free[count++] = from[at + i];
    }
  }
}
