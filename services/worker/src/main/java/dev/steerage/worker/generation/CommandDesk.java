package dev.steerage.worker.generation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Keeps commands whose request is not here, for a while: it may still come, from the prompt's own
/// partition or from a worker that died. Decode thread only.
final class CommandDesk {
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final long holdNs;
  private final int limit;
  private final Consumer<Order> unknown;

  /// @param limit most commands kept; the oldest go first
  /// @param unknown hears of commands whose request did not come in time
  CommandDesk(int holdMs, int limit, Consumer<Order> unknown) {
    this.holdNs = TimeUnit.MILLISECONDS.toNanos(holdMs);
    this.limit = limit;
    this.unknown = unknown;
  }

  private record Waiting(Order order, long untilNs) {}

  void keep(Order order, long nowNs) {
    if (waiting.size() == limit) {
      unknown.accept(waiting.removeFirst().order());
    }
    waiting.addLast(new Waiting(order, nowNs + holdNs));
  }

  /// Takes the commands of a request, oldest first.
  List<Order> take(String tenant, String request) {
    List<Order> found = new ArrayList<>();
    for (Iterator<Waiting> all = waiting.iterator(); all.hasNext(); ) {
      Order order = all.next().order();
      if (order.command().request().equals(request) && order.tenant().name().equals(tenant)) {
        found.add(order);
        all.remove();
      }
    }
    return found;
  }

  /// Gives up commands that waited long enough.
  void expire(long nowNs) {
    while (!waiting.isEmpty() && nowNs - waiting.getFirst().untilNs() >= 0) {
      unknown.accept(waiting.removeFirst().order());
    }
  }

  /// Nanoseconds until [#expire] has something to do.
  long leftNs(long nowNs) {
    return waiting.isEmpty() ? Long.MAX_VALUE : Math.max(0, waiting.getFirst().untilNs() - nowNs);
  }

  int size() {
    return waiting.size();
  }
}
