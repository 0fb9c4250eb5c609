package dev.steerage.ops;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// Threads that share the chunks of one piece of work, the caller being one of them.
///
/// Chunks are handed out one by one, so whoever runs takes the next one: a thread that the machine
/// took away delays the work by its own chunk, never by its share. Who waits spins for a bounded
/// time and then parks; there is no barrier that spins. Which thread runs a chunk changes no bit as
/// long as chunks write to places of their own.
///
/// One caller at a time gets the other threads; a second one, or a chunk that calls again, does its
/// chunks alone. Allocates nothing after it is made.
public final class Team implements AutoCloseable {
  /// Long enough to bridge what lies between two kernels of a step, short enough not to be felt by
  /// a neighbour.
  private static final long SPIN_NS = 50_000;

  /// A chunk that is worth handing to another thread.
  private static final long CHUNK_NS = 12_000;

  private static final int CHUNKS_PER_THREAD = 6;

  /// Spins between two looks at the clock.
  private static final int SPINS = 64;

  /// A ticket: round (40 bits), chunks of the round (12), next chunk (12).
  private static final int BITS = 12;

  private static final long MASK = (1L << BITS) - 1;
  private static final int CLOSED = (int) MASK;

  /// A team of nobody but the caller.
  public static final Team ALONE = new Team("alone", 1);

  /// Chunks of one call; each may run on any thread, at the same time as the others.
  public interface Work {
    void chunk(int index);
  }

  /// One of many numbered tasks; each may run on any thread, at the same time as the others.
  public interface Task {
    /// @param place from 0 to threads - 1, of one thread at a time within a call: an index of
    ///   scratch memory
    void run(int number, int place);
  }

  private final long chunkNs;
  private final Member[] members;
  private final AtomicBoolean taken = new AtomicBoolean();
  private final AtomicLong ticket = new AtomicLong();
  private final AtomicInteger finished = new AtomicInteger();
  private Work work; // written by: the caller, before the ticket; read by: who drew one of it
  private volatile Thread waiting;
  private volatile RuntimeException failure;

  /// @param name of the threads, a number follows
  /// @param threads at least 1, the caller included
  public Team(String name, int threads) {
    this(name, threads, CHUNK_NS);
  }

  /// @param chunkNs work that is worth a chunk, see [#chunks]; 0 cuts everything as finely as it
  ///   can be cut
  public Team(String name, int threads, long chunkNs) {
    this.chunkNs = chunkNs;
    if (threads < 1) {
      throw new IllegalArgumentException("threads: value=" + threads + ", limit=1");
    }
    members = new Member[threads - 1];
    for (int i = 0; i < members.length; i++) {
      members[i] = new Member(name + "-" + (i + 1));
      members[i].start();
    }
  }

  /// Threads that work together, the caller included.
  public int threads() {
    return members.length + 1;
  }

  /// Into how many chunks to cut work of that many nanoseconds: one where handing it out would cost
  /// more than it saves, else a few per thread, so that a thread which the machine takes away holds
  /// up little. The estimate need only be right within a factor of a few; no result depends on it.
  ///
  /// @param most chunks that the work can be cut into
  public int chunks(long estimatedNs, int most) {
    if (members.length == 0 || estimatedNs < 2 * chunkNs) {
      return 1;
    }
    long wanted = (long) threads() * CHUNKS_PER_THREAD;
    return (int)
        Math.clamp(chunkNs == 0 ? wanted : estimatedNs / chunkNs, 1, Math.min(wanted, most));
  }

  /// Runs chunks 0 to `chunks` - 1 and returns when all are done. What a chunk throws comes out
  /// here, once the others are done.
  public void run(int chunks, Work newWork) {
    if (chunks >= CLOSED) {
      throw new IllegalArgumentException("chunks: value=" + chunks + ", limit=" + (CLOSED - 1));
    }
    if (chunks < 2 || members.length == 0 || !taken.compareAndSet(false, true)) {
      for (int i = 0; i < chunks; i++) {
        newWork.chunk(i);
      }
      return;
    }
    try {
      together(chunks, newWork);
    } finally {
      taken.set(false);
    }
  }

  /// Runs tasks 0 to `tasks` - 1, as many as there may be, and returns when all are done: for work
  /// that is large or needs scratch memory. After a failure no further task begins. Allocates a
  /// little per call.
  public void each(int tasks, Task task) {
    AtomicInteger next = new AtomicInteger();
    run(
        Math.min(threads(), tasks),
        place -> {
          for (int number = next.getAndIncrement();
              number < tasks;
              number = next.getAndIncrement()) {
            try {
              task.run(number, place);
            } catch (RuntimeException | Error e) {
              next.set(tasks);
              throw e;
            }
          }
        });
  }

  private void together(int chunks, Work newWork) {
    work = newWork;
    finished.set(0);
    long round = (ticket.get() >>> 2 * BITS) + 1;
    ticket.set(round << 2 * BITS | (long) chunks << BITS);
    for (int i = 0; i < members.length && i < chunks - 1; i++) {
      members[i].wake();
    }
    while (draw()) {}
    awaitOthers(chunks);
    work = null;
    RuntimeException thrown = failure;
    if (thrown != null) {
      failure = null;
      throw thrown;
    }
  }

  /// Runs the next chunk; false when none is left.
  private boolean draw() {
    while (true) {
      long now = ticket.get();
      int chunks = (int) (now >>> BITS & MASK);
      int next = (int) (now & MASK);
      if (chunks == CLOSED || next >= chunks) {
        return false;
      }
      // The ticket names its round: if this succeeds, the round is not over before this chunk is.
      if (ticket.compareAndSet(now, now + 1)) {
        try {
          work.chunk(next);
        } catch (RuntimeException e) {
          failure = e;
        } catch (Error e) {
          failure = new IllegalStateException("team: a chunk failed", e);
        }
        if (finished.incrementAndGet() == chunks) {
          LockSupport.unpark(waiting);
        }
        return true;
      }
    }
  }

  private void awaitOthers(int chunks) {
    long deadline = 0;
    for (int spin = 1; finished.get() < chunks; spin++) {
      Thread.onSpinWait();
      if (spin % SPINS == 0) {
        long now = System.nanoTime();
        deadline = deadline == 0 ? now + SPIN_NS : deadline;
        if (now > deadline) {
          waiting = Thread.currentThread();
          while (finished.get() < chunks) {
            LockSupport.park(this);
          }
          waiting = null;
        }
      }
    }
  }

  /// Ends the threads. Nobody may call [#run] any more.
  @Override
  public void close() {
    ticket.set((long) CLOSED << BITS);
    for (Member member : members) {
      member.wake();
    }
    boolean interrupted = false;
    for (Member member : members) {
      while (member.thread.isAlive()) {
        try {
          member.thread.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// One thread beside the caller.
  private final class Member {
    private final Thread thread;
    private volatile boolean parked;

    private Member(String name) {
      thread = Thread.ofPlatform().name(name).daemon().unstarted(this::loop);
    }

    private void start() {
      thread.start();
    }

    private void wake() {
      if (parked) {
        parked = false;
        LockSupport.unpark(thread);
      }
    }

    private void loop() {
      while (!isClosed()) {
        while (draw()) {}
        awaitTicket();
      }
    }

    private void awaitTicket() {
      long deadline = 0;
      for (int spin = 1; !hasChunk(); spin++) {
        Thread.onSpinWait();
        if (spin % SPINS == 0) {
          long now = System.nanoTime();
          deadline = deadline == 0 ? now + SPIN_NS : deadline;
          if (now > deadline) {
            parked = true;
            // Looked at again after saying so: who brings a chunk now sees that it has to wake.
            while (!hasChunk() && parked) {
              LockSupport.park(Team.this);
            }
            parked = false;
            return;
          }
        }
      }
    }
  }

  private boolean isClosed() {
    return (ticket.get() >>> BITS & MASK) == CLOSED;
  }

  /// A chunk to draw, or the end.
  private boolean hasChunk() {
    long now = ticket.get();
    return (now & MASK) < (now >>> BITS & MASK);
  }
}
