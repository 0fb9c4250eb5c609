package dev.steerage.index.store;

import java.util.Arrays;

/// Contexts of every code: the most recent ones by time, and of all older ones those whose hashes
/// are lowest. The hash is of the position, so what is kept of old firings is a sample of them in
/// which each had the same chance, whatever the order of arrival.
///
/// Over all codes there are two orders of arrival, of recent contexts and of the sample, by which
/// the oldest goes when there is no room.
final class ContextStore {
  static final int NONE = CodeBlock.NONE;
  static final long BYTES_PER_CONTEXT = 8L * Integer.BYTES + 8;

  private static final int FIRST_CAPACITY = 1024;

  private static final int STRIDE = 8;
  private static final int WINDOW = 0;
  private static final int CODE = 1;
  private static final int HASH = 2;
  private static final int IS_SAMPLE = 3;
  // Neighbours in the code's list; a free slot's next one is its older one.
  private static final int OLDER = 4;
  private static final int NEWER = 5;
  // Neighbours in the order of arrival.
  private static final int BEFORE = 6;
  private static final int AFTER = 7;

  private final WindowStore windows;
  private final IndexMetrics metrics;
  private final int limit;
  private final int recentPerCode;
  private final int samplePerCode;
  private int used;
  private int free = NONE;
  private final Arrivals recent = new Arrivals();
  private final Arrivals sample = new Arrivals();
  private CodeBlock[] block = new CodeBlock[0];
  // All that is known of a slot side by side: adding one touches few lines of the cache.
  private int[] slots = new int[0];

  /// Ends of an order of arrival.
  private static final class Arrivals {
    private int first = NONE;
    private int last = NONE;
    private int size;
  }

  ContextStore(WindowStore windows, IndexMetrics metrics, int limit, int perCode) {
    this.windows = windows;
    this.metrics = metrics;
    this.limit = limit;
    samplePerCode = perCode / 2;
    recentPerCode = perCode - samplePerCode;
  }

  /// A number of a position that says nothing about it: of a hash of few collisions.
  static int hash(String request, int position) {
    long z = ((long) request.hashCode() << 32 | position) + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
    return (int) (z >>> 32 ^ z);
  }

  /// Adds a recent context.
  ///
  /// @param ofPosition as of [#hash]
  void add(CodeBlock ofBlock, int code, int atWindow, int ofPosition) {
    // Held first, so that making room cannot free it.
    windows.hold(atWindow);
    int slot = take();
    fill(slot, ofBlock, code, atWindow, ofPosition);
    link(slot, ofBlock, code);
    arrive(recent, slot);
    if (ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.CONTEXTS] > recentPerCode) {
      leave(ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.OLDEST]);
    }
  }

  /// Puts a context of a snapshot back, in the order of arrival.
  void restore(CodeBlock ofBlock, int code, int atWindow, boolean ofSample) {
    int ofPosition = hash(windows.request(atWindow), windows.position(atWindow));
    if (!ofSample) {
      add(ofBlock, code, atWindow, ofPosition);
      return;
    }
    windows.hold(atWindow);
    int slot = take();
    fill(slot, ofBlock, code, atWindow, ofPosition);
    draw(slot);
  }

  private void fill(int slot, CodeBlock ofBlock, int code, int atWindow, int ofPosition) {
    slots[slot * STRIDE + WINDOW] = atWindow;
    block[slot] = ofBlock;
    slots[slot * STRIDE + CODE] = code;
    slots[slot * STRIDE + HASH] = ofPosition;
    slots[slot * STRIDE + IS_SAMPLE] = 0;
  }

  /// Into the code's list, behind those of a later time: arrival is not time where partitions are
  /// read one after the other.
  private void link(int slot, CodeBlock ofBlock, int code) {
    int next = NONE;
    int at = ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.NEWEST];
    long timeMs = windows.timeMs(slots[slot * STRIDE + WINDOW]);
    while (at != NONE && windows.timeMs(slots[at * STRIDE + WINDOW]) > timeMs) {
      next = at;
      at = slots[at * STRIDE + OLDER];
    }
    slots[slot * STRIDE + OLDER] = at;
    slots[slot * STRIDE + NEWER] = next;
    if (at != NONE) {
      slots[at * STRIDE + NEWER] = slot;
    } else {
      ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.OLDEST] = slot;
    }
    if (next != NONE) {
      slots[next * STRIDE + OLDER] = slot;
    } else {
      ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.NEWEST] = slot;
    }
    ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.CONTEXTS]++;
  }

  private void arrive(Arrivals order, int slot) {
    slots[slot * STRIDE + BEFORE] = order.last;
    slots[slot * STRIDE + AFTER] = NONE;
    if (order.last != NONE) {
      slots[order.last * STRIDE + AFTER] = slot;
    } else {
      order.first = slot;
    }
    order.last = slot;
    order.size++;
  }

  private void depart(Arrivals order, int slot) {
    if (slots[slot * STRIDE + BEFORE] != NONE) {
      slots[slots[slot * STRIDE + BEFORE] * STRIDE + AFTER] = slots[slot * STRIDE + AFTER];
    } else {
      order.first = slots[slot * STRIDE + AFTER];
    }
    if (slots[slot * STRIDE + AFTER] != NONE) {
      slots[slots[slot * STRIDE + AFTER] * STRIDE + BEFORE] = slots[slot * STRIDE + BEFORE];
    } else {
      order.last = slots[slot * STRIDE + BEFORE];
    }
    order.size--;
  }

  private int take() {
    if (free == NONE && used == limit) {
      evictOldest();
    }
    if (free != NONE) {
      int slot = free;
      free = slots[slot * STRIDE + OLDER];
      return slot;
    }
    if (used == block.length) {
      grow(Math.min(limit, Math.max(FIRST_CAPACITY, 2 * used)));
    }
    return used++;
  }

  private void grow(int capacity) {
    block = Arrays.copyOf(block, capacity);
    slots = Arrays.copyOf(slots, capacity * STRIDE);
  }

  /// A context is recent no more: it goes, or takes the place of another one in the sample.
  ///
  /// @return whether there is one context less
  private boolean leave(int slot) {
    CodeBlock ofBlock = block[slot];
    int code = slots[slot * STRIDE + CODE];
    boolean isFull = ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLED] == samplePerCode;
    // Of a live position nobody knows yet whether it happened.
    boolean isDrawn =
        samplePerCode > 0
            && windows.isCommitted(slots[slot * STRIDE + WINDOW])
            && (!isFull
                || slots[slot * STRIDE + HASH]
                    < ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.BOUND]);
    if (!isDrawn) {
      remove(slot);
      return true;
    }
    if (isFull) {
      remove(highest(ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLE]));
    }
    unlink(slot);
    depart(recent, slot);
    draw(slot);
    return isFull;
  }

  /// Puts a context that is in no list into the sample.
  private void draw(int slot) {
    CodeBlock ofBlock = block[slot];
    int code = slots[slot * STRIDE + CODE];
    slots[slot * STRIDE + IS_SAMPLE] = 1;
    slots[slot * STRIDE + NEWER] = NONE;
    slots[slot * STRIDE + OLDER] = ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLE];
    if (slots[slot * STRIDE + OLDER] != NONE) {
      slots[slots[slot * STRIDE + OLDER] * STRIDE + NEWER] = slot;
    }
    ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLE] = slot;
    ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLED]++;
    ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.BOUND] = slots[highest(slot) * STRIDE + HASH];
    arrive(sample, slot);
  }

  private int highest(int head) {
    int highest = head;
    for (int slot = head; slot != NONE; slot = slots[slot * STRIDE + OLDER]) {
      highest = slots[slot * STRIDE + HASH] > slots[highest * STRIDE + HASH] ? slot : highest;
    }
    return highest;
  }

  /// Makes room for one context; false if there is none.
  boolean evictOldest() {
    boolean isFreed = false;
    while (!isFreed && recent.size + sample.size > 0) {
      if (sample.size > limit / 2 || recent.size == 0) {
        remove(sample.first);
        isFreed = true;
      } else {
        isFreed = leave(recent.first);
      }
    }
    if (isFreed) {
      metrics.increment(IndexMetric.EVICTED_CONTEXTS);
    }
    return isFreed;
  }

  /// Forgets all contexts of a block's codes.
  void removeAll(CodeBlock ofBlock) {
    for (int code = 0; code < CodeBlock.CODES; code++) {
      while (ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.NEWEST] != NONE) {
        remove(ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.NEWEST]);
      }
      while (ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLE] != NONE) {
        remove(ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLE]);
      }
    }
  }

  private void remove(int slot) {
    unlink(slot);
    depart(isSample(slot) ? sample : recent, slot);
    windows.letGo(slots[slot * STRIDE + WINDOW]);
    block[slot] = null;
    slots[slot * STRIDE + OLDER] = free;
    free = slot;
  }

  private boolean isSample(int slot) {
    return slots[slot * STRIDE + IS_SAMPLE] != 0;
  }

  /// Out of the code's list.
  private void unlink(int slot) {
    CodeBlock ofBlock = block[slot];
    int code = slots[slot * STRIDE + CODE];
    if (slots[slot * STRIDE + NEWER] != NONE) {
      slots[slots[slot * STRIDE + NEWER] * STRIDE + OLDER] = slots[slot * STRIDE + OLDER];
    } else if (isSample(slot)) {
      ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLE] = slots[slot * STRIDE + OLDER];
    } else {
      ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.NEWEST] = slots[slot * STRIDE + OLDER];
    }
    if (slots[slot * STRIDE + OLDER] != NONE) {
      slots[slots[slot * STRIDE + OLDER] * STRIDE + NEWER] = slots[slot * STRIDE + NEWER];
    } else if (!isSample(slot)) {
      ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.OLDEST] = slots[slot * STRIDE + NEWER];
    }
    if (isSample(slot)) {
      ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.SAMPLED]--;
    } else {
      ofBlock.heads[code * CodeBlock.HEADS + CodeBlock.CONTEXTS]--;
    }
  }

  /// The next context of the same list of its code, or [#NONE].
  int older(int slot) {
    return slots[slot * STRIDE + OLDER];
  }

  int window(int slot) {
    return slots[slot * STRIDE + WINDOW];
  }

  /// The sampled, or the recent context that arrived first, or [#NONE].
  int first(boolean ofSample) {
    return ofSample ? sample.first : recent.first;
  }

  /// The context of the same kind that arrived next, or [#NONE].
  int after(int slot) {
    return slots[slot * STRIDE + AFTER];
  }

  CodeBlock block(int slot) {
    return block[slot];
  }

  int codeInBlock(int slot) {
    return slots[slot * STRIDE + CODE];
  }

  long bytes() {
    return block.length * BYTES_PER_CONTEXT;
  }
}
