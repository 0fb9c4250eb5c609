package dev.steerage.transformer.cuda;

import dev.steerage.ops.cuda.CudaDevice;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What forwards on a device did and what they take. Written by the decode thread; read by any.
public final class DeviceMeter {
  private final CudaDevice device;
  private final long modelBytes;
  private final long batchBytes;
  private final StepTimes times;
  private final AtomicLong steps = new AtomicLong();
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong places = new AtomicLong();
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong graphs = new AtomicLong();

  DeviceMeter(CudaDevice device, long modelBytes, long batchBytes, StepTimes times) {
    this.device = device;
    this.modelBytes = modelBytes;
    this.batchBytes = batchBytes;
    this.times = times;
  }

  void step(int stepRows, int capacity, long stepNanos) {
    rows.setPlain(rows.getPlain() + stepRows);
    places.setPlain(places.getPlain() + capacity);
    nanos.setPlain(nanos.getPlain() + stepNanos);
    steps.setRelease(steps.getPlain() + 1);
  }

  void recorded(int count) {
    graphs.addAndGet(count);
  }

  /// Graphs that were made: one per number of rows when the batch is made, and all again only if
  /// one step needs more room for interventions than there is.
  public long graphs() {
    return graphs.get();
  }

  public String deviceName() {
    return device.name();
  }

  /// Weights and codebooks.
  public long modelBytes() {
    return modelBytes;
  }

  /// Keys, values, activations and tables of the batch.
  public long batchBytes() {
    return batchBytes;
  }

  /// Free on the device, for whoever asks.
  public long freeBytes() {
    return device.freeBytes();
  }

  public long totalBytes() {
    return device.totalBytes();
  }

  public long steps() {
    return steps.getAcquire();
  }

  /// Rows of all steps.
  public long rows() {
    return rows.getOpaque();
  }

  /// Rows that all steps had room for.
  public long places() {
    return places.getOpaque();
  }

  /// Time of all steps, from the first copy to the last.
  public long nanos() {
    return nanos.getOpaque();
  }

  /// Milliseconds of each kernel in an average step among those that were timed.
  public Map<String, Double> kernelMs() {
    return times.meanMs();
  }
}
