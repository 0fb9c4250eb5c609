package dev.steerage.index.store;

import java.util.concurrent.atomic.AtomicLongArray;

/// The values of every [IndexMetric]. Each is written by one thread; any thread may read.
public final class IndexMetrics {
  private final AtomicLongArray values = new AtomicLongArray(IndexMetric.values().length);

  /// The value now.
  public long get(IndexMetric metric) {
    return values.get(metric.ordinal());
  }

  /// Adds one.
  public void increment(IndexMetric metric) {
    add(metric, 1);
  }

  /// Adds; the writer's thread only.
  public void add(IndexMetric metric, long amount) {
    values.lazySet(metric.ordinal(), values.getPlain(metric.ordinal()) + amount);
  }

  /// Sets a level; the writer's thread only.
  public void set(IndexMetric metric, long value) {
    values.lazySet(metric.ordinal(), value);
  }
}
