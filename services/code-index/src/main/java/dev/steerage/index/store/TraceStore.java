package dev.steerage.index.store;

import java.util.ArrayDeque;
import java.util.Objects;
import java.util.stream.Stream;

/// Recent requests in the order of last use, within a limit of bytes.
final class TraceStore {
  private static final int FIRST_CAPACITY = 32;

  private final long bytesLimit;
  private final ArrayDeque<RequestTrace> awaitingExpiry = new ArrayDeque<>();
  private RequestTrace oldest;
  private RequestTrace newest;
  private long bytes;

  TraceStore(long bytesLimit) {
    this.bytesLimit = bytesLimit;
  }

  long bytes() {
    return bytes;
  }

  void add(RequestTrace trace) {
    trace.shard.requests.put(trace.request, trace);
    bytes += trace.bytes(0);
    append(trace);
  }

  void remove(RequestTrace trace) {
    trace.shard.requests.remove(trace.request);
    bytes -= trace.bytes(trace.capacity());
    trace.release();
    unlink(trace);
  }

  /// Marks a trace as the last one used.
  void touch(RequestTrace trace) {
    if (trace != newest) {
      unlink(trace);
      append(trace);
    }
  }

  /// Whether the trace can ever hold a position.
  boolean canHold(RequestTrace trace, int position) {
    return position >= trace.first && trace.bytes(position - trace.first + 1) <= bytesLimit;
  }

  /// Makes room for a position, which [#canHold] allowed; passes the limit until [#surplus] is
  /// evicted.
  void reserve(RequestTrace trace, int position) {
    int needed = position - trace.first + 1;
    if (needed > trace.capacity()) {
      int wanted = Math.max(needed, Math.max(FIRST_CAPACITY, 2 * trace.capacity()));
      int capacity = trace.bytes(wanted) <= bytesLimit ? wanted : needed;
      bytes += trace.bytes(capacity) - trace.bytes(trace.capacity());
      trace.grow(capacity);
    }
  }

  /// The trace to forget next, or null if everything fits.
  RequestTrace surplus(RequestTrace keep) {
    return bytes > bytesLimit && oldest != keep ? oldest : null;
  }

  /// The oldest trace, or null.
  RequestTrace oldest() {
    return oldest;
  }

  /// All traces, the oldest first.
  Iterable<RequestTrace> all() {
    return () ->
        Stream.iterate(oldest, Objects::nonNull, (RequestTrace trace) -> trace.newer).iterator();
  }

  /// Remembers to look at a trace with live positions later.
  void awaitExpiry(RequestTrace trace) {
    if (!trace.awaitsExpiry) {
      trace.awaitsExpiry = true;
      awaitingExpiry.addLast(trace);
    }
  }

  /// The traces with live positions, in the order in which they came to be looked at.
  ArrayDeque<RequestTrace> awaitingExpiry() {
    return awaitingExpiry;
  }

  private void append(RequestTrace trace) {
    trace.older = newest;
    trace.newer = null;
    if (newest != null) {
      newest.newer = trace;
    } else {
      oldest = trace;
    }
    newest = trace;
  }

  private void unlink(RequestTrace trace) {
    if (trace.older != null) {
      trace.older.newer = trace.newer;
    } else {
      oldest = trace.newer;
    }
    if (trace.newer != null) {
      trace.newer.older = trace.older;
    } else {
      newest = trace.older;
    }
    trace.older = null;
    trace.newer = null;
  }
}
