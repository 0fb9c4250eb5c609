package dev.steerage.index;

import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/// From the Kafka reader's thread to the agent's, bounded in records and in bytes. A full queue
/// makes the reader wait; Kafka keeps the rest.
public final class CommittedQueue {
  private static final int RECORDS_LIMIT = 4096;
  private static final long PAUSE_NS = 200_000;

  private final OneToOneConcurrentArrayQueue<CommittedEvent> events =
      new OneToOneConcurrentArrayQueue<>(RECORDS_LIMIT);
  // Added to by the reader, taken from by the agent.
  private final AtomicLong bytes = new AtomicLong();
  private final long bytesLimit;
  private final IndexMetrics metrics;
  private volatile boolean closed;

  public CommittedQueue(long bytesLimit, IndexMetrics metrics) {
    this.bytesLimit = bytesLimit;
    this.metrics = metrics;
  }

  /// Waits for room; false if the queue was closed meanwhile.
  public boolean put(CommittedEvent event) {
    boolean waited = false;
    while (!closed) {
      // One record larger than the limit passes when the queue is empty.
      long queued = bytes.get();
      if ((queued == 0 || queued + event.bytes() <= bytesLimit) && events.offer(event)) {
        metrics.set(IndexMetric.QUEUE_BYTES, bytes.addAndGet(event.bytes()));
        return true;
      }
      if (!waited) {
        metrics.increment(IndexMetric.QUEUE_WAITS);
        waited = true;
      }
      LockSupport.parkNanos(PAUSE_NS);
    }
    return false;
  }

  /// The next event, or null.
  public CommittedEvent poll() {
    CommittedEvent event = events.poll();
    if (event != null) {
      bytes.addAndGet(-event.bytes());
    }
    return event;
  }

  /// Ends every wait for room.
  public void close() {
    closed = true;
  }
}
