package dev.steerage.ops.cuda;

/// Launches that were captured once and run by one call.
public final class CudaGraph implements AutoCloseable {
  private final CudaDevice device;
  private final CudaDriver driver;
  private final long executable;

  CudaGraph(CudaDevice device, CudaDriver driver, long executable) {
    this.device = device;
    this.driver = driver;
    this.executable = executable;
  }

  void on(CudaDriver other, long stream) {
    other.launchGraph(executable, stream);
  }

  @Override
  public void close() {
    device.enter();
    driver.destroyExecutable(executable);
  }
}
