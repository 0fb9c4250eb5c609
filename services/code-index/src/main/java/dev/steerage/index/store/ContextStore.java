package dev.steerage.index.store;

import java.util.Arrays;

/// Recent contexts of every code: for each code a list, newest first, and over all codes the order
/// of arrival, by which the oldest context goes when there is no room.
final class ContextStore {
  static final int NONE = CodeBlock.NONE;
  static final long BYTES_PER_CONTEXT = 6L * Integer.BYTES + 8;

  private static final int FIRST_CAPACITY = 1024;

  private final WindowStore windows;
  private final IndexMetrics metrics;
  private final int limit;
  private final int perCode;
  private int used;
  private int free = NONE;
  private int first = NONE;
  private int last = NONE;
  private int[] window = new int[0];
  private CodeBlock[] block = new CodeBlock[0];
  private int[] codeInBlock = new int[0];
  // Neighbours in the code's list; a free slot's next one is in `older`.
  private int[] older = new int[0];
  private int[] newer = new int[0];
  // Neighbours in the order of arrival.
  private int[] before = new int[0];
  private int[] after = new int[0];

  ContextStore(WindowStore windows, IndexMetrics metrics, int limit, int perCode) {
    this.windows = windows;
    this.metrics = metrics;
    this.limit = limit;
    this.perCode = perCode;
  }

  void add(CodeBlock ofBlock, int code, int atWindow) {
    // Held first, so that making room cannot free it.
    windows.hold(atWindow);
    if (ofBlock.contexts[code] == perCode) {
      remove(ofBlock.oldest[code]);
    }
    int slot = take();
    window[slot] = atWindow;
    block[slot] = ofBlock;
    codeInBlock[slot] = code;
    older[slot] = ofBlock.newest[code];
    newer[slot] = NONE;
    if (ofBlock.newest[code] != NONE) {
      newer[ofBlock.newest[code]] = slot;
    } else {
      ofBlock.oldest[code] = slot;
    }
    ofBlock.newest[code] = slot;
    ofBlock.contexts[code]++;
    before[slot] = last;
    after[slot] = NONE;
    if (last != NONE) {
      after[last] = slot;
    } else {
      first = slot;
    }
    last = slot;
  }

  private int take() {
    if (free == NONE && used == limit) {
      evictOldest();
    }
    if (free != NONE) {
      int slot = free;
      free = older[slot];
      return slot;
    }
    if (used == window.length) {
      grow(Math.min(limit, Math.max(FIRST_CAPACITY, 2 * used)));
    }
    return used++;
  }

  private void grow(int capacity) {
    window = Arrays.copyOf(window, capacity);
    block = Arrays.copyOf(block, capacity);
    codeInBlock = Arrays.copyOf(codeInBlock, capacity);
    older = Arrays.copyOf(older, capacity);
    newer = Arrays.copyOf(newer, capacity);
    before = Arrays.copyOf(before, capacity);
    after = Arrays.copyOf(after, capacity);
  }

  /// Forgets the oldest context of all; false if there is none.
  boolean evictOldest() {
    if (first == NONE) {
      return false;
    }
    remove(first);
    metrics.increment(IndexMetric.EVICTED_CONTEXTS);
    return true;
  }

  /// Forgets all contexts of a block's codes.
  void removeAll(CodeBlock ofBlock) {
    for (int code = 0; code < CodeBlock.CODES; code++) {
      while (ofBlock.newest[code] != NONE) {
        remove(ofBlock.newest[code]);
      }
    }
  }

  private void remove(int slot) {
    CodeBlock ofBlock = block[slot];
    int code = codeInBlock[slot];
    if (newer[slot] != NONE) {
      older[newer[slot]] = older[slot];
    } else {
      ofBlock.newest[code] = older[slot];
    }
    if (older[slot] != NONE) {
      newer[older[slot]] = newer[slot];
    } else {
      ofBlock.oldest[code] = newer[slot];
    }
    ofBlock.contexts[code]--;
    if (before[slot] != NONE) {
      after[before[slot]] = after[slot];
    } else {
      first = after[slot];
    }
    if (after[slot] != NONE) {
      before[after[slot]] = before[slot];
    } else {
      last = before[slot];
    }
    windows.letGo(window[slot]);
    block[slot] = null;
    older[slot] = free;
    free = slot;
  }

  /// The next older context of the same code, or [#NONE].
  int older(int slot) {
    return older[slot];
  }

  int window(int slot) {
    return window[slot];
  }

  /// The context that arrived first, or [#NONE].
  int first() {
    return first;
  }

  /// The context that arrived next, or [#NONE].
  int after(int slot) {
    return after[slot];
  }

  CodeBlock block(int slot) {
    return block[slot];
  }

  int codeInBlock(int slot) {
    return codeInBlock[slot];
  }

  long bytes() {
    return window.length * BYTES_PER_CONTEXT;
  }
}
