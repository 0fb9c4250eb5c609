package dev.steerage.index.benchmark;

import dev.steerage.index.store.KnownModel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Records that come at a steady rate while something else is measured.
final class IngestLoad implements AutoCloseable {
  static final int PER_SECOND = 100;

  private static final int SITES = 16;
  private static final int POSITIONS = 8;
  private static final int RECORDS = 800;

  private final List<byte[]> records = new ArrayList<>();
  private final Traffic traffic = new Traffic("acme", SITES, POSITIONS);
  private volatile boolean isClosed;
  private Thread thread;

  IngestLoad() {
    for (int i = 0; i < RECORDS; i++) {
      records.add(traffic.next());
    }
  }

  KnownModel model() {
    return new KnownModel(traffic.shape(), Traffic.HASH);
  }

  static long activationsPerSecond() {
    return (long) PER_SECOND * POSITIONS * SITES * Traffic.SLOTS;
  }

  /// Begins to hand over records, on a thread of its own.
  void start(Consumer<byte[]> to) {
    thread = Thread.ofPlatform().name("ingest-load").start(() -> run(to));
  }

  private void run(Consumer<byte[]> to) {
    long next = System.nanoTime();
    for (int i = 0; !isClosed; i++) {
      next += 1_000_000_000L / PER_SECOND;
      to.accept(records.get(i % RECORDS));
      while (!isClosed && System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }

  /// Ends it; no record comes afterwards.
  @Override
  public void close() {
    isClosed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
