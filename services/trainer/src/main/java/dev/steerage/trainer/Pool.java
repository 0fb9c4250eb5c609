package dev.steerage.trainer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// Threads that share numbered tasks; the caller is one of them.
///
/// Tasks are taken one by one, so a busy neighbour slows one task and not the step. What a task
/// writes may depend on its number and never on the worker that runs it: then results do not depend
/// on the number of threads. Idle threads spin for a moment and then park.
public final class Pool implements AutoCloseable {
  private static final int SPINS = 2000;

  /// What is done for one number.
  public interface Task {
    /// @param number of the task, from 0
    /// @param worker that runs it, from 0: an index of scratch memory
    void run(int number, int worker);
  }

  private record Job(Task task, int count, AtomicInteger next, AtomicInteger left, Thread caller) {}

  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  // written by: the caller of run; read by: workers (volatile)
  private volatile Job job;
  private volatile boolean closed;

  public Pool(int workers) {
    for (int worker = 1; worker < workers; worker++) {
      int own = worker;
      Thread thread = new Thread(() -> work(own), "trainer-" + worker);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /// Threads, the caller included.
  public int workers() {
    return threads.size() + 1;
  }

  /// Runs tasks 0 to count - 1 and returns when all are done.
  public void run(int count, Task task) {
    Job mine =
        new Job(task, count, new AtomicInteger(), new AtomicInteger(count), Thread.currentThread());
    failure.set(null);
    job = mine;
    threads.forEach(LockSupport::unpark);
    take(mine, 0);
    int spins = 0;
    while (mine.left.get() > 0) {
      if (spins++ < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 100_000);
      }
    }
    Throwable failed = failure.get();
    if (failed != null) {
      throw new TrainerException("a task failed: " + failed.getMessage(), failed);
    }
  }

  private void work(int worker) {
    Job seen = null;
    int spins = 0;
    while (!closed) {
      Job current = job;
      if (current != null && current != seen) {
        take(current, worker);
        seen = current;
        spins = 0;
      } else if (spins++ < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, 10_000_000);
      }
    }
  }

  private void take(Job mine, int worker) {
    for (int number = mine.next.getAndIncrement();
        number < mine.count;
        number = mine.next.getAndIncrement()) {
      try {
        if (failure.get() == null) {
          mine.task.run(number, worker);
        }
      } catch (Throwable e) {
        failure.compareAndSet(null, e);
      }
      if (mine.left.decrementAndGet() == 0) {
        LockSupport.unpark(mine.caller);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.forEach(LockSupport::unpark);
  }
}
