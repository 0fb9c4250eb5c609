package dev.steerage.worker.tick;

import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Hands the decode thread's events to the commit thread, tick by tick.
///
/// One tick is being committed while the next one fills: the commit thread takes whatever is there
/// as soon as it is free and the tick is due. Decoding waits in [#awaitRoom] when the filling tick
/// is two intervals old, or too large, and the commit is still not done. Thread-safe.
public final class TickBuffer {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition due = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final LongSupplier nanoClock;
  private final long tickNs;
  private final long bytesMax;

  // All guarded by lock.
  private Tick open;
  private boolean committing;
  private boolean closed;

  public TickBuffer(LongSupplier nanoClock, int tickMs, long bytesMax) {
    this.nanoClock = nanoClock;
    this.tickNs = TimeUnit.MILLISECONDS.toNanos(tickMs);
    this.bytesMax = bytesMax;
    this.open = new Tick(nanoClock.getAsLong());
  }

  /// Adds events that belong together: they are committed in one transaction.
  ///
  /// @param urgent commit as soon as the commit thread is free
  public void add(List<TickEvent> events, boolean urgent) {
    if (events.isEmpty()) {
      return;
    }
    lock.lock();
    try {
      reopenIfEmpty();
      open.add(events, urgent);
      due.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Runs `whenCommitted` after everything added so far was committed or dropped.
  public void flush(Runnable whenCommitted) {
    lock.lock();
    try {
      reopenIfEmpty();
      open.add(whenCommitted);
      due.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Drops the events of partitions that are not ours any more.
  public void forget(Set<Integer> partitions) {
    lock.lock();
    try {
      open.removeIf(event -> partitions.contains(event.partition()));
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Drops every event that is not being committed.
  public void forgetAll() {
    lock.lock();
    try {
      open.removeIf(_ -> true);
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits, on the decode thread, while decoding is two ticks ahead of the commits.
  ///
  /// @param mostNs longest wait
  /// @return nanoseconds waited; 0 = there was room
  public long awaitRoom(long mostNs) throws InterruptedException {
    lock.lock();
    try {
      if (!isAhead() || closed) {
        return 0;
      }
      long start = nanoClock.getAsLong();
      room.await(mostNs, TimeUnit.NANOSECONDS);
      return Math.max(1, nanoClock.getAsLong() - start);
    } finally {
      lock.unlock();
    }
  }

  /// Whether decoding has to wait now.
  public boolean isAhead() {
    lock.lock();
    try {
      boolean old = committing && open.ageNs(nanoClock.getAsLong()) >= 2 * tickNs;
      return !open.isEmpty() && (old || open.bytes() >= bytesMax);
    } finally {
      lock.unlock();
    }
  }

  /// Waits, on the commit thread, for a tick that is due.
  ///
  /// @return the tick, or null when closed and empty
  public Tick take() throws InterruptedException {
    lock.lock();
    try {
      while (true) {
        long leftNs = leftNs();
        if (leftNs <= 0) {
          break;
        }
        if (closed && open.isEmpty()) {
          return null;
        }
        due.await(leftNs, TimeUnit.NANOSECONDS);
      }
      Tick tick = open;
      open = new Tick(nanoClock.getAsLong());
      committing = true;
      room.signalAll();
      return tick;
    } finally {
      lock.unlock();
    }
  }

  /// The tick taken last is committed or given up.
  public void done() {
    lock.lock();
    try {
      committing = false;
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Lets [#take] hand out what is left and then end.
  public void close() {
    lock.lock();
    try {
      closed = true;
      due.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private long leftNs() {
    if (open.isEmpty()) {
      return Long.MAX_VALUE;
    }
    if (open.isUrgent() || closed || open.bytes() >= bytesMax) {
      return 0;
    }
    return tickNs - open.ageNs(nanoClock.getAsLong());
  }

  private void reopenIfEmpty() {
    // A tick's age counts from its first event.
    if (open.isEmpty()) {
      open = new Tick(nanoClock.getAsLong());
    }
  }
}
