package dev.steerage.ops.cuda;

/// A mark in a stream, with the time at which the device came to it.
public final class CudaEvent implements AutoCloseable {
  private final CudaDevice device;
  private final CudaDriver driver;
  private final long event;

  CudaEvent(CudaDevice device, CudaDriver driver, long event) {
    this.device = device;
    this.driver = driver;
    this.event = event;
  }

  void on(CudaDriver other, long stream) {
    other.recordEvent(event, stream);
  }

  void inGraph(CudaDriver other, long stream) {
    other.recordEventInGraph(event, stream);
  }

  void before(CudaDriver other, long stream) {
    other.waitEvent(stream, event);
  }

  /// Waits until the device came to it.
  public void await() {
    driver.awaitEvent(event);
  }

  /// Milliseconds of the device from an earlier mark to this one; both have to be passed.
  public float msSince(CudaEvent earlier) {
    return driver.elapsedMs(earlier.event, event);
  }

  @Override
  public void close() {
    device.enter();
    driver.destroyEvent(event);
  }
}
