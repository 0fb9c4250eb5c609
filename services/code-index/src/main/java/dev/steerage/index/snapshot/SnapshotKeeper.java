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
/// the time.
public final class SnapshotKeeper implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotKeeper.class);
  private static final int FIRST_BYTES = 1 << 16;
  private static final int REST_PER_PAUSE = 100;
  private static final long CLOSE_TIMEOUT_S = 20;

  private final SnapshotSettings settings;
  private final IndexMetrics metrics;
  private final ThreadPoolExecutor writer;
  // Written by: the agent.
  private long nextMs;
  private long keptChanges;
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
    if (nowMs >= nextMs && index.changes() != keptChanges && isIdle()) {
      long pauseMs = copy(index);
      nextMs = nowMs + Math.max(settings.interval().toMillis(), REST_PER_PAUSE * pauseMs);
    }
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
