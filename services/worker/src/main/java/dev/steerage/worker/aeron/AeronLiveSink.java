package dev.steerage.worker.aeron;

import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.worker.WorkerConfig.LiveStream;
import dev.steerage.worker.WorkerMetrics;
import dev.steerage.worker.generation.LiveSink;
import dev.steerage.worker.generation.ServedModel;
import dev.steerage.worker.tick.FrameCodec;
import dev.steerage.worker.tick.TickEvent;
import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.exceptions.AeronException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes codes as they fire on Aeron, for the code index: the bytes of an activations record,
/// with a sequence number as the reserved value that counts what was dropped too.
///
/// The decode thread puts frames into a bounded queue and goes on; a thread of its own encodes and
/// offers them. Whatever does not go through at once is dropped and counted: the committed record
/// comes anyway. A driver that is away is tried again every few seconds.
public final class AeronLiveSink implements LiveSink {
  private static final Logger LOG = LoggerFactory.getLogger(AeronLiveSink.class);
  private static final long IDLE_NS = 200_000;
  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(3);
  private static final int OFFERS_MAX = 3;

  private final OneToOneConcurrentArrayQueue<TickEvent.Fired> queue;
  private final ServedModel model;
  private final LiveStream where;
  private final WorkerMetrics metrics;
  private final ActivationsEncoder encoder = new ActivationsEncoder();
  private final Thread thread;
  private volatile boolean closed;

  // Written by the decode thread alone.
  private volatile long overflow;

  // Live thread only.
  private Aeron aeron;
  private ExclusivePublication publication;
  private long connectAtNs = System.nanoTime();
  private long sequence;
  private long overflowSeen;

  public AeronLiveSink(ServedModel model, LiveStream where, int framesMax, WorkerMetrics metrics) {
    this.model = model;
    this.where = where;
    this.metrics = metrics;
    queue = new OneToOneConcurrentArrayQueue<>(framesMax);
    thread = new Thread(this::run, "worker-" + model.name() + "-live");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void offer(TickEvent.Fired fired) {
    if (fired.captured().length > 0 && !queue.offer(fired)) {
      overflow = overflow + 1;
    }
  }

  private void run() {
    while (!closed) {
      try {
        if (doWork() == 0) {
          LockSupport.parkNanos(this, IDLE_NS);
        }
      } catch (RuntimeException e) {
        // Live activations may go, decoding may not.
        LOG.atWarn().addKeyValue("cause", e.toString()).log("live activations interrupted");
        disconnect();
      }
    }
    disconnect();
  }

  private int doWork() {
    countOverflow();
    if (publication == null && !connect()) {
      // Nobody to tell: the queue is emptied so that what comes later is fresh.
      return queue.drain(this::drop);
    }
    return queue.drain(this::publish, 64);
  }

  private void countOverflow() {
    long now = overflow;
    if (now != overflowSeen) {
      metrics.liveDropped().inc(now - overflowSeen);
      sequence += now - overflowSeen;
      overflowSeen = now;
    }
  }

  private void drop(TickEvent.Fired fired) {
    sequence++;
    metrics.liveDropped().inc();
  }

  private void publish(TickEvent.Fired fired) {
    var codec = new FrameCodec(model.shape(), model.engine().hash(), fired);
    codec.encode(encoder, List.of(fired), System.currentTimeMillis(), this::send);
  }

  private void send(int length) {
    sequence++;
    if (length > IndexStreams.MAX_ACTIVATIONS_FRAME_BYTES || !offered(length)) {
      metrics.liveDropped().inc();
    } else {
      metrics.liveFrames().inc();
    }
  }

  private boolean offered(int length) {
    if (publication == null) {
      return false; // Lost a few frames ago, in the middle of a drain.
    }
    long number = sequence;
    for (int attempt = 0; attempt < OFFERS_MAX; attempt++) {
      long result = publication.offer(encoder.buffer(), 0, length, (_, _, _) -> number);
      if (result >= 0) {
        return true;
      }
      if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
        disconnect();
        return false;
      }
      if (result == Publication.NOT_CONNECTED || result == Publication.BACK_PRESSURED) {
        return false;
      }
      // ADMIN_ACTION: a term was rotated; once more.
    }
    return false;
  }

  private boolean connect() {
    long now = System.nanoTime();
    if (now - connectAtNs < 0) {
      return false;
    }
    connectAtNs = now + RETRY_NS;
    try {
      aeron =
          Aeron.connect(
              new Aeron.Context()
                  .aeronDirectoryName(where.aeronFolder())
                  .driverTimeoutMs(TimeUnit.SECONDS.toMillis(2))
                  .errorHandler(e -> LOG.atWarn().addKeyValue("cause", e.toString()).log("aeron")));
      publication =
          aeron.addExclusivePublication(
              IndexStreams.activationsChannel(where.channel().orElse(IndexStreams.DEFAULT_CHANNEL)),
              IndexStreams.ACTIVATIONS);
      return true;
    } catch (AeronException e) {
      LOG.atInfo()
          .addKeyValue("folder", where.aeronFolder())
          .addKeyValue("cause", e.toString())
          .log("no media driver for live activations");
      disconnect();
      return false;
    }
  }

  private void disconnect() {
    CloseHelper.quietClose(publication);
    CloseHelper.quietClose(aeron);
    publication = null;
    aeron = null;
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
