package dev.steerage.index.store;

import java.util.Arrays;

/// Tokens around committed positions, shared by the contexts of all codes that fired there.
///
/// Every window has a number, in the order of arrival, and the last ones are found by it: who keeps
/// a number need not be told when a window goes. A window that a code's sample holds stays as long
/// as it does, then it is known by its slot. The first half of the limit is for the one, the second
/// for the other.
final class WindowStore {
  static final int NONE = -1;

  private static final int FIRST_CAPACITY = 256;

  private final IndexMetrics metrics;
  private final int before;
  private final int length;
  private final int limit;
  private final int mostHeld;
  // Slots of the last windows, by number.
  private final int[] last;
  private int next = 1;
  private int used;
  private int free = NONE;
  private int held;
  private int[] holders = new int[0];
  // While it is one of the last; else 0.
  private int[] numbers = new int[0];
  private int[] hashes = new int[0];
  private int[] tokens = new int[0];
  private int[] sizes = new int[0];
  private int[] focus = new int[0];
  private int[] positions = new int[0];
  private Origin[] origins = new Origin[0];
  // Whose contexts they are.
  private ModelCounts[] owners = new ModelCounts[0];
  // Null: free.
  private String[] requests = new String[0];
  // Next free window, of a free one.
  private int[] nextFree = new int[0];

  WindowStore(IndexMetrics metrics, int before, int after, int limit) {
    this.metrics = metrics;
    this.before = before;
    this.length = before + 1 + after;
    this.limit = limit;
    mostHeld = limit / 2;
    last = new int[limit - mostHeld];
    Arrays.fill(last, NONE);
  }

  /// A window around a committed position of a trace; its number. The one that came as many windows
  /// before as are kept goes, unless a sample holds it.
  int open(RequestTrace trace, int position, Origin origin, int hash) {
    int slot = take();
    int from = position;
    while (from > position - before && trace.state(from - 1) == RequestTrace.COMMITTED) {
      from--;
    }
    int size = 0;
    for (int p = from; p <= position; p++) {
      tokens[slot * length + size++] = trace.token(p);
    }
    fill(slot, trace.request, position, origin, hash);
    owners[slot] = trace.counts;
    sizes[slot] = size;
    focus[slot] = size - 1;
    numbers[slot] = next;
    last[next % last.length] = slot;
    return next++;
  }

  private void fill(int slot, String request, int position, Origin origin, int hash) {
    requests[slot] = request;
    positions[slot] = position;
    origins[slot] = origin;
    hashes[slot] = hash;
    holders[slot] = 0;
  }

  /// A free slot; there is one once the window that has to go is gone.
  private int take() {
    int leaving = last[next % last.length];
    if (leaving != NONE) {
      last[next % last.length] = NONE;
      numbers[leaving] = 0;
      if (holders[leaving] == 0) {
        release(leaving);
        metrics.increment(IndexMetric.EVICTED_CONTEXTS);
      }
    }
    if (free != NONE) {
      int slot = free;
      free = nextFree[slot];
      return slot;
    }
    if (used == holders.length) {
      grow(Math.min(limit, Math.max(FIRST_CAPACITY, 2 * used)));
    }
    return used++;
  }

  private void grow(int capacity) {
    holders = Arrays.copyOf(holders, capacity);
    numbers = Arrays.copyOf(numbers, capacity);
    hashes = Arrays.copyOf(hashes, capacity);
    tokens = Arrays.copyOf(tokens, capacity * length);
    sizes = Arrays.copyOf(sizes, capacity);
    focus = Arrays.copyOf(focus, capacity);
    positions = Arrays.copyOf(positions, capacity);
    origins = Arrays.copyOf(origins, capacity);
    requests = Arrays.copyOf(requests, capacity);
    owners = Arrays.copyOf(owners, capacity);
    nextFree = Arrays.copyOf(nextFree, capacity);
  }

  private void release(int slot) {
    requests[slot] = null;
    owners[slot] = null;
    origins[slot] = null;
    nextFree[slot] = free;
    free = slot;
  }

  /// Where a window is; [#NONE] if it went.
  int slot(int number) {
    // A restored store has gaps where nobody held a window.
    return number <= 0 || number >= next || next - number > last.length
        ? NONE
        : last[number % last.length];
  }

  /// Adds a token that follows the last one of a window, if it is still there.
  void append(int number, int position, int token) {
    int slot = slot(number);
    if (slot == NONE) {
      return;
    }
    int size = sizes[slot];
    int nextPosition = positions[slot] + size - focus[slot];
    if (position == nextPosition && size - focus[slot] < length - before) {
      tokens[slot * length + size] = token;
      sizes[slot] = size + 1;
    }
  }

  /// Whether one more window cannot be held.
  boolean isFull(int slot) {
    return holders[slot] == 0 && held >= mostHeld;
  }

  void hold(int slot) {
    held += holders[slot] == 0 ? 1 : 0;
    holders[slot]++;
  }

  void letGo(int slot) {
    if (--holders[slot] == 0) {
      held--;
      if (numbers[slot] == 0) {
        release(slot);
      }
    }
  }

  /// Leaves nothing of the windows of a model that no sample holds any more.
  void forget(ModelCounts owner) {
    for (int slot = 0; slot < used; slot++) {
      if (owners[slot] == owner && numbers[slot] != 0) {
        Arrays.fill(tokens, slot * length, (slot + 1) * length, 0);
        last[numbers[slot] % last.length] = NONE;
        numbers[slot] = 0;
        release(slot);
      }
    }
  }

  /// Says whose a window of a snapshot is.
  void own(int slot, ModelCounts owner) {
    owners[slot] = owner;
  }

  /// A hash that at least a quarter of the windows that are held reach: those of it and above have
  /// to go.
  int upperQuarter() {
    int shift = 20;
    int[] histogram = new int[1 << (Integer.SIZE - shift)];
    for (int slot = 0; slot < used; slot++) {
      if (holders[slot] > 0) {
        histogram[(hashes[slot] ^ Integer.MIN_VALUE) >>> shift]++;
      }
    }
    int bucket = histogram.length;
    for (int above = 0; bucket > 0 && 4L * above < held; ) {
      above += histogram[--bucket];
    }
    return bucket << shift ^ Integer.MIN_VALUE;
  }

  /// The number of the next window.
  int next() {
    return next;
  }

  /// By how much all numbers can become lower.
  int surplusOfNumbers() {
    return Math.max(0, (next - 1 - last.length) / last.length * last.length);
  }

  /// Makes all numbers lower, so that they never end.
  void renumber(int by) {
    next -= by;
    for (int slot = 0; slot < used; slot++) {
      numbers[slot] = Math.max(0, numbers[slot] - by);
    }
  }

  /// Goes on with the numbers of a snapshot.
  void restoreNext(int number) {
    if (number < 1) {
      throw new IllegalArgumentException("window: number=" + number + ", least=1");
    }
    next = number;
  }

  /// A window of a snapshot; the slot.
  ///
  /// @param number 0: it is kept for those that will hold it
  int restore(int number, String request, int position, Origin origin, int focusAt, int[] around) {
    boolean isLast = number > 0 && number < next && next - number <= last.length;
    if (around.length > length || focusAt >= around.length || (number != 0 && !isLast)) {
      throw new IllegalArgumentException(
          "window: number="
              + number
              + " of "
              + next
              + ", tokens="
              + around.length
              + ", limit="
              + length
              + ", focus="
              + focusAt);
    }
    if (used == limit) {
      throw new IllegalArgumentException("windows: limit=" + limit);
    }
    if (used == holders.length) {
      grow(Math.min(limit, Math.max(FIRST_CAPACITY, 2 * used)));
    }
    int slot = used++;
    fill(slot, request, position, origin, ContextStore.hash(request, position));
    System.arraycopy(around, 0, tokens, slot * length, around.length);
    sizes[slot] = around.length;
    focus[slot] = focusAt;
    numbers[slot] = number;
    if (number != 0) {
      last[number % last.length] = slot;
    }
    return slot;
  }

  /// Windows that were ever in use.
  int used() {
    return used;
  }

  int number(int slot) {
    return numbers[slot];
  }

  boolean isHeld(int slot) {
    return holders[slot] > 0;
  }

  int hash(int slot) {
    return hashes[slot];
  }

  String request(int slot) {
    return requests[slot];
  }

  int position(int slot) {
    return positions[slot];
  }

  Origin origin(int slot) {
    return origins[slot];
  }

  int focus(int slot) {
    return focus[slot];
  }

  int size(int slot) {
    return sizes[slot];
  }

  int token(int slot, int i) {
    return tokens[slot * length + i];
  }

  /// Whether one window is of a later position than another: by time, offset, partition, position.
  boolean isLater(int slot, int than) {
    int order = origins[slot].compareTo(origins[than]);
    return order != 0 ? order > 0 : positions[slot] > positions[than];
  }

  long bytes() {
    return holders.length * bytesPerWindow() + (long) Integer.BYTES * last.length;
  }

  long bytesPerWindow() {
    return 7L * Integer.BYTES + 8 + 8 + 8 + 4L * length;
  }

  long bytesLimit() {
    return limit * bytesPerWindow() + (long) Integer.BYTES * last.length;
  }
}
