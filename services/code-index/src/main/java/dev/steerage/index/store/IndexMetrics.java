package dev.steerage.index.store;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.atomic.AtomicLongArray;

/// The values of every [IndexMetric]. Each is written by one thread; any thread may read.
public final class IndexMetrics {
  private final AtomicLongArray values = new AtomicLongArray(IndexMetric.values().length);

  /// Publishes every value; each is read when somebody looks.
  public void register(PrometheusRegistry registry) {
    for (IndexMetric metric : IndexMetric.values()) {
      if (metric.isTotal()) {
        CounterWithCallback.builder()
            .name(metric.metricName())
            .help(metric.sentence())
            .callback(callback -> callback.call(get(metric)))
            .register(registry);
      } else {
        GaugeWithCallback.builder()
            .name(metric.metricName())
            .help(metric.sentence())
            .callback(callback -> callback.call(get(metric)))
            .register(registry);
      }
    }
  }

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
