package dev.steerage.worker.generation;

import dev.steerage.transformer.cuda.DeviceMeter;
import dev.steerage.worker.DeviceMetrics;

/// Tells the metrics what the forwards do on their device. Decode thread only.
final class DeviceGauges {
  /// Asking the device for its free memory, and naming kernels, costs more than a step should.
  private static final int SELDOM = 1024;

  private final DeviceMeter meter;
  private final DeviceMetrics metrics;
  private long steps;
  private long rows;
  private long places;
  private long nanos;
  private int updates;

  DeviceGauges(DeviceMeter meter, DeviceMetrics metrics) {
    this.meter = meter;
    this.metrics = metrics;
    seldom();
  }

  void update() {
    long now = meter.steps();
    if (now == steps) {
      return;
    }
    metrics.steps().inc(now - steps);
    metrics.rows().inc(meter.rows() - rows);
    metrics.places().inc(meter.places() - places);
    metrics.seconds().inc((meter.nanos() - nanos) / 1e9);
    steps = now;
    rows = meter.rows();
    places = meter.places();
    nanos = meter.nanos();
    if (++updates % SELDOM == 0) {
      seldom();
    }
  }

  private void seldom() {
    metrics.modelBytes().set(meter.modelBytes());
    metrics.batchBytes().set(meter.batchBytes());
    metrics.freeBytes().set(meter.freeBytes());
    meter.kernelMs().forEach((kernel, ms) -> metrics.kernelSeconds().apply(kernel).set(ms / 1e3));
  }
}
