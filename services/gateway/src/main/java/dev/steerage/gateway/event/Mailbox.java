package dev.steerage.gateway.event;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// References to new records that wait for one reader. Bounded: beyond the limit everything is let
/// go and the reader is told to read from its place again.
final class Mailbox {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<LogRecord<?>> records = new ArrayDeque<>();
  private final int limit;
  private boolean overrun;

  Mailbox(int limit) {
    this.limit = limit;
  }

  void put(LogRecord<?> record) {
    lock.lock();
    try {
      if (overrun) {
        return;
      }
      if (records.size() == limit) {
        records.clear();
        overrun = true;
      } else {
        records.add(record);
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Moves what is there, waiting for it at most so long.
  void take(Collection<LogRecord<?>> into, long waitNs) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = waitNs;
      while (records.isEmpty() && !overrun && left > 0) {
        left = arrived.awaitNanos(left);
      }
      into.addAll(records);
      records.clear();
    } finally {
      lock.unlock();
    }
  }

  boolean isOverrun() {
    lock.lock();
    try {
      return overrun;
    } finally {
      lock.unlock();
    }
  }

  /// For a reader that has left all tails and begins again.
  void reset() {
    lock.lock();
    try {
      records.clear();
      overrun = false;
    } finally {
      lock.unlock();
    }
  }
}
