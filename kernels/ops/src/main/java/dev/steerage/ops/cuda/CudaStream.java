package dev.steerage.ops.cuda;

/// What is put into a stream runs in order. One thread at a time.
public final class CudaStream implements AutoCloseable {
  private final CudaDevice device;
  private final CudaDriver driver;
  private final long stream;

  CudaStream(CudaDevice device, CudaDriver driver, long stream) {
    this.device = device;
    this.driver = driver;
    this.stream = stream;
  }

  /// Copies from pinned memory, which has to stay as it is until then.
  public void toDevice(long to, PinnedMemory from, long at, long bytes) {
    driver.toDeviceAsync(to, from.address() + at, bytes, stream);
  }

  /// Copies to pinned memory.
  public void toHost(PinnedMemory to, long at, long from, long bytes) {
    driver.toHostAsync(to.address() + at, from, bytes, stream);
  }

  /// Copies within the device.
  void copy(long to, long from, long bytes) {
    driver.copyAsync(to, from, bytes, stream);
  }

  public void launch(Launch launch) {
    launch.on(driver, stream);
  }

  public void launch(CudaGraph graph) {
    graph.on(driver, stream);
  }

  /// Puts a mark into the stream.
  public void record(CudaEvent event) {
    event.on(driver, stream);
  }

  /// Puts a mark into a capture: the time of the last run of the graph is read from it.
  public void recordInGraph(CudaEvent event) {
    event.inGraph(driver, stream);
  }

  /// What is put into this stream from now on waits for a mark of another one. While that one is
  /// captured, this one is too.
  public void after(CudaEvent event) {
    event.before(driver, stream);
  }

  /// Keeps what the work puts into this stream instead of running it.
  public CudaGraph capture(Runnable work) {
    device.enter();
    driver.beginCapture(stream);
    try {
      work.run();
    } catch (RuntimeException e) {
      abandon(e);
      throw e;
    }
    long graph = driver.endCapture(stream);
    try {
      return new CudaGraph(device, driver, driver.instantiate(graph));
    } finally {
      driver.destroyGraph(graph);
    }
  }

  /// Ends a capture that failed; what it says to that matters less than why it failed.
  private void abandon(RuntimeException why) {
    try {
      driver.destroyGraph(driver.endCapture(stream));
    } catch (CudaException e) {
      why.addSuppressed(e);
    }
  }

  /// Waits until all of it is done. What a kernel did wrong comes out here.
  public void await() {
    driver.awaitStream(stream);
  }

  @Override
  public void close() {
    device.enter();
    driver.destroyStream(stream);
  }
}
