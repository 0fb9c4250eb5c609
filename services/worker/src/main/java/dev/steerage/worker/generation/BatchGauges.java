package dev.steerage.worker.generation;

import dev.steerage.transformer.generation.ContinuousBatch;
import dev.steerage.worker.WorkerMetrics;

/// Tells the metrics what the batch holds. Decode thread only.
final class BatchGauges {
  private final ContinuousBatch batch;
  private final WorkerMetrics metrics;

  /// Null where forwards run on the processor.
  private final DeviceGauges device;

  private long reused;

  BatchGauges(ContinuousBatch batch, WorkerMetrics metrics) {
    this.batch = batch;
    this.metrics = metrics;
    device = batch.device().map(meter -> new DeviceGauges(meter, metrics.device())).orElse(null);
  }

  void update() {
    metrics.active().set(batch.active());
    metrics.cached().set(batch.cachedPositions());
    long now = batch.reusedPositions();
    if (now != reused) {
      metrics.reused().inc(now - reused);
      reused = now;
    }
    if (device != null) {
      device.update();
    }
  }
}
