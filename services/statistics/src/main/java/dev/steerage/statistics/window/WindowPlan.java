package dev.steerage.statistics.window;

import java.time.Duration;
import java.util.List;

/// Which tumbling windows are kept, aligned to the epoch.
///
/// The smallest size is the **pane**: changes are logged per pane, and larger windows are sums of
/// panes. A window closes when the stream's time passes its end plus the grace.
///
/// @param sizesMs window sizes, ascending, each a multiple of the first
/// @param graceMs how long after its end a window still takes records
public record WindowPlan(List<Long> sizesMs, long graceMs) {
  private static final int SIZES_MAX = 8;
  private static final int RING_MAX = 255;

  public WindowPlan {
    sizesMs = sizesMs.stream().sorted().distinct().toList();
    if (sizesMs.isEmpty() || sizesMs.size() > SIZES_MAX) {
      throw new IllegalArgumentException(
          "window sizes: count=" + sizesMs.size() + ", limit=1.." + SIZES_MAX);
    }
    long pane = sizesMs.getFirst();
    for (long size : sizesMs) {
      if (size <= 0 || size % pane != 0) {
        throw new IllegalArgumentException(
            "window size: ms=" + size + ", expected a multiple of the smallest, " + pane);
      }
    }
    if (graceMs < 0 || graceMs > pane) {
      throw new IllegalArgumentException("grace: ms=" + graceMs + ", limit=0.." + pane);
    }
    if (ringOf(sizesMs, graceMs) > RING_MAX) {
      throw new IllegalArgumentException(
          "window sizes: largest=" + sizesMs.getLast() + " ms is too many panes of " + pane);
    }
  }

  /// A plan of durations.
  public static WindowPlan of(List<Duration> sizes, Duration grace) {
    return new WindowPlan(sizes.stream().map(Duration::toMillis).toList(), grace.toMillis());
  }

  /// Length of a pane.
  public long paneMs() {
    return sizesMs.getFirst();
  }

  /// Start of the window of a size that holds a time.
  static long start(long timeMs, long sizeMs) {
    return Math.floorDiv(timeMs, sizeMs) * sizeMs;
  }

  /// Start of the pane that holds a time.
  long pane(long timeMs) {
    return start(timeMs, paneMs());
  }

  /// When a window takes no more records.
  long closesAt(long startMs, long sizeMs) {
    return startMs + sizeMs + graceMs;
  }

  /// When a closed window is no longer the previous one of an open window.
  long droppedAt(long startMs, long sizeMs) {
    return closesAt(startMs, sizeMs) + sizeMs;
  }

  /// Panes whose changes must be told apart: those of an open window of the largest size, of the
  /// one before it, and one more of each while the grace runs.
  int ring() {
    return ringOf(sizesMs, graceMs);
  }

  private static int ringOf(List<Long> sizesMs, long graceMs) {
    long pane = sizesMs.getFirst();
    return Math.toIntExact(2 * sizesMs.getLast() / pane + (graceMs + pane - 1) / pane + 2);
  }

  /// The place of a pane in the ring of changelog keys.
  int slot(long paneMs) {
    return (int) Math.floorMod(paneMs / paneMs(), (long) ring());
  }
}
