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

  int take() {
    return free[--count];
  }

  void giveBack(int page) {
    free[count++] = page;
  }
}
