package dev.steerage.index.snapshot;

import dev.steerage.index.codec.Output;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.StateEncoder;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes a snapshot now and then: the agent copies what it knows into bytes, and a thread of this
/// class writes them. The agent stands still for the copy only, at most one part in a hundred of
/// the time; one in ten while it catches up.
///
/// A snapshot is due by time, by records read, and once all is read that was there at the start: an
/// index that never lives as long as the interval gets on all the same.
public final class SnapshotKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);
  private static final int FIRST_BYTES = 1 << 16;
  private static final int RECORDS = 1_000;
  private static final int REST_PER_PAUSE = 100;
  private static final int REST_PER_PAUSE_BEHIND = 10;
  private static final long CLOSE_TIMEOUT_S = 20;

  private final SnapshotSettings settings;
  private final IndexMetrics metrics;
  private final ThreadPoolExecutor writer;
  // Written by: the agent.
  private long nextMs;
  private long lastMs;
  private long pauseMs;
  private long keptChanges;
  private boolean wasCaughtUp;
  private int lastBytes = FIRST_BYTES;

  public SnapshotKeeper(SnapshotSettings settings, IndexMetrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
    writer =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            Thread.ofPlatform().name("index-snapshot").factory());
  }

  /// Takes a snapshot if it is time and something changed; on the agent's thread.
  public void keep(CodeIndex index, long nowMs) {
    if (nextMs == 0) {
      nextMs = nowMs + settings.interval().toMillis();
    }
    if (isDue(index, nowMs) && isIdle()) {
      wasCaughtUp = index.isCaughtUp();
      pauseMs = copy(index);
      lastMs = nowMs;
      nextMs = nowMs + settings.interval().toMillis();
    }
  }

  private boolean isDue(CodeIndex index, long nowMs) {
    long changes = index.changes() - keptChanges;
    boolean hasCaughtUp = index.isCaughtUp() && !wasCaughtUp;
    long rest = pauseMs * (wasCaughtUp ? REST_PER_PAUSE : REST_PER_PAUSE_BEHIND);
    return changes > 0
        && (hasCaughtUp || nowMs >= nextMs || changes >= RECORDS)
        && nowMs >= lastMs + rest;
  }

  private boolean isIdle() {
    return writer.getActiveCount() == 0 && writer.getQueue().isEmpty();
  }

  /// Takes the last snapshot before the index ends.
  public void keepLast(CodeIndex index) {
    if (index.changes() != keptChanges && !writer.isShutdown()) {
      copy(index);
    }
  }

  private long copy(CodeIndex index) {
    long startNs = System.nanoTime();
    // A little more than last time, or it would be copied once more while it grows.
    var content = new Output(lastBytes + lastBytes / 8);
    StateEncoder.write(index, content);
    keptChanges = index.changes();
    lastBytes = content.size();
    long pauseNs = System.nanoTime() - startNs;
    metrics.set(IndexMetric.SNAPSHOT_PAUSE_US, TimeUnit.NANOSECONDS.toMicros(pauseNs));
    metrics.set(IndexMetric.SNAPSHOT_BYTES, content.size());
    writer.execute(() -> write(content));
    return TimeUnit.NANOSECONDS.toMillis(pauseNs);
  }

  private void write(Output content) {
    try {
      SnapshotFile.write(settings.file(), content);
      metrics.increment(IndexMetric.SNAPSHOTS);
    } catch (IOException | RuntimeException e) {
      metrics.increment(IndexMetric.SNAPSHOTS_FAILED);
      LOG.atWarn()
          .addKeyValue("file", settings.file())
          .setCause(e)
          .log("snapshot was not written; the next one will be tried");
    }
  }

  /// Waits until the last snapshot is on disk.
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(CLOSE_TIMEOUT_S, TimeUnit.SECONDS)) {
        LOG.atWarn().addKeyValue("file", settings.file()).log("snapshot was not written in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
