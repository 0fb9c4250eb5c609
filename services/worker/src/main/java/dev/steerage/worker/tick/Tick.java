package dev.steerage.worker.tick;

import java.util.ArrayList;
import java.util.List;

/// The events of one commit.
public final class Tick {
  private final List<TickEvent> events = new ArrayList<>();
  private final List<Runnable> whenCommitted = new ArrayList<>();
  private final long openedNs;
  private boolean urgent;
  private long bytes;

  Tick(long openedNs) {
    this.openedNs = openedNs;
  }

  void add(List<TickEvent> more, boolean isUrgent) {
    for (TickEvent event : more) {
      events.add(event);
      bytes += event.bytes();
    }
    urgent |= isUrgent;
  }

  void add(Runnable callback) {
    whenCommitted.add(callback);
    urgent = true;
  }

  void removeIf(java.util.function.Predicate<TickEvent> gone) {
    events.removeIf(gone);
    bytes = events.stream().mapToLong(TickEvent::bytes).sum();
  }

  public List<TickEvent> events() {
    return events;
  }

  /// What to run once everything in it is committed, or dropped for good.
  public List<Runnable> whenCommitted() {
    return whenCommitted;
  }

  boolean isEmpty() {
    return events.isEmpty() && whenCommitted.isEmpty();
  }

  boolean isUrgent() {
    return urgent;
  }

  long ageNs(long nowNs) {
    return nowNs - openedNs;
  }

  long bytes() {
    return bytes;
  }
}
