package dev.steerage.index.store;

import java.util.Arrays;

/// Tokens around a position, shared by the contexts of all codes that fired there.
///
/// A window is counted by the contexts that hold it and freed with the last one. It grows up to a
/// fixed number of windows.
final class WindowStore {
  static final int NONE = -1;

  private static final byte LIVE = 1;
  private static final byte COMMITTED = 2;
  private static final byte DROPPED = 3;
  private static final int FIRST_CAPACITY = 256;

  private final int before;
  private final int length;
  private final int limit;
  private int used;
  private int free = NONE;
  private int[] holders = new int[0];
  private byte[] states = new byte[0];
  private int[] tokens = new int[0];
  private int[] sizes = new int[0];
  private int[] focus = new int[0];
  private int[] positions = new int[0];
  private long[] timesMs = new long[0];
  private String[] requests = new String[0];
  // The trace whose position points here, while it does.
  private RequestTrace[] owners = new RequestTrace[0];
  // Next free window, of a free one.
  private int[] nextFree = new int[0];

  WindowStore(int before, int after, int limit) {
    this.before = before;
    this.length = before + 1 + after;
    this.limit = limit;
  }

  /// A window around a position of a trace, held by nobody yet; [#NONE] if there is no room.
  int open(RequestTrace trace, int position, boolean live, long timeMs) {
    int window = take();
    if (window == NONE) {
      return NONE;
    }
    int from = position;
    while (from > position - before && trace.state(from - 1) != RequestTrace.ABSENT) {
      from--;
    }
    int size = 0;
    for (int p = from; p <= position; p++) {
      tokens[window * length + size++] = trace.token(p);
    }
    holders[window] = 0;
    states[window] = live ? LIVE : COMMITTED;
    sizes[window] = size;
    focus[window] = size - 1;
    positions[window] = position;
    timesMs[window] = timeMs;
    requests[window] = trace.request;
    owners[window] = trace;
    trace.windows[position - trace.first] = window;
    return window;
  }

  private int take() {
    if (free != NONE) {
      int window = free;
      free = nextFree[window];
      return window;
    }
    if (used == limit) {
      return NONE;
    }
    if (used == holders.length) {
      grow(Math.min(limit, Math.max(FIRST_CAPACITY, 2 * used)));
    }
    return used++;
  }

  private void grow(int capacity) {
    holders = Arrays.copyOf(holders, capacity);
    states = Arrays.copyOf(states, capacity);
    tokens = Arrays.copyOf(tokens, capacity * length);
    sizes = Arrays.copyOf(sizes, capacity);
    focus = Arrays.copyOf(focus, capacity);
    positions = Arrays.copyOf(positions, capacity);
    timesMs = Arrays.copyOf(timesMs, capacity);
    requests = Arrays.copyOf(requests, capacity);
    owners = Arrays.copyOf(owners, capacity);
    nextFree = Arrays.copyOf(nextFree, capacity);
  }

  /// Adds a token that follows the last one of a window.
  void append(int window, int position, int token) {
    int size = sizes[window];
    int nextPosition = positions[window] + size - focus[window];
    if (position == nextPosition && size - focus[window] < length - before) {
      tokens[window * length + size] = token;
      sizes[window] = size + 1;
    }
  }

  /// The record of a live window's position has arrived.
  void commit(int window, long timeMs) {
    states[window] = COMMITTED;
    timesMs[window] = timeMs;
  }

  /// The position never happened, or its trace is forgotten; contexts of committed positions stay.
  void disown(int window, boolean dropped) {
    RequestTrace owner = owners[window];
    owner.windows[positions[window] - owner.first] = NONE;
    owners[window] = null;
    if (dropped) {
      states[window] = DROPPED;
    }
    if (holders[window] == 0) {
      release(window);
    }
  }

  void hold(int window) {
    holders[window]++;
  }

  void letGo(int window) {
    if (--holders[window] == 0) {
      RequestTrace owner = owners[window];
      if (owner != null) {
        owner.windows[positions[window] - owner.first] = NONE;
        owners[window] = null;
      }
      release(window);
    }
  }

  private void release(int window) {
    requests[window] = null;
    states[window] = 0;
    nextFree[window] = free;
    free = window;
  }

  /// Windows that were ever in use.
  int used() {
    return used;
  }

  boolean isCommitted(int window) {
    return states[window] == COMMITTED;
  }

  /// Tokens of a window that are not of live positions.
  int committedSize(int window) {
    RequestTrace owner = owners[window];
    int size = focus[window] + 1;
    while (size < sizes[window]
        && (owner == null
            || owner.state(positions[window] + size - focus[window]) == RequestTrace.COMMITTED)) {
      size++;
    }
    return size;
  }

  /// A window of a snapshot, held by nobody yet.
  int restore(String request, int position, long timeMs, int focusAt, int[] around) {
    if (around.length > length || focusAt >= around.length) {
      throw new IllegalArgumentException(
          "window: tokens=" + around.length + ", limit=" + length + ", focus=" + focusAt);
    }
    int window = take();
    if (window == NONE) {
      throw new IllegalArgumentException("windows: limit=" + limit);
    }
    System.arraycopy(around, 0, tokens, window * length, around.length);
    holders[window] = 0;
    states[window] = COMMITTED;
    sizes[window] = around.length;
    focus[window] = focusAt;
    positions[window] = position;
    timesMs[window] = timeMs;
    requests[window] = request;
    owners[window] = null;
    return window;
  }

  /// Joins a window of a snapshot with its position.
  void own(int window, RequestTrace trace) {
    owners[window] = trace;
    trace.windows[positions[window] - trace.first] = window;
  }

  boolean isDropped(int window) {
    return states[window] == DROPPED;
  }

  boolean isLive(int window) {
    return states[window] == LIVE;
  }

  String request(int window) {
    return requests[window];
  }

  int position(int window) {
    return positions[window];
  }

  long timeMs(int window) {
    return timesMs[window];
  }

  int focus(int window) {
    return focus[window];
  }

  int size(int window) {
    return sizes[window];
  }

  int token(int window, int i) {
    return tokens[window * length + i];
  }

  long bytes() {
    return holders.length * bytesPerWindow();
  }

  long bytesPerWindow() {
    return 5L * Integer.BYTES + 1 + 8 + 8 + 8 + 4L * length;
  }
}
