package dev.steerage.ops.cuda;

/// Loaded kernels.
public final class CudaModule implements AutoCloseable {
  /// More needs to be asked for.
  private static final int SHARED_BYTES_UNASKED = 48 << 10;

  private static final int ATTRIBUTE_SHARED_BYTES = 8;

  private final CudaDevice device;
  private final CudaDriver driver;
  private final long module;

  CudaModule(CudaDevice device, CudaDriver driver, long module) {
    this.device = device;
    this.driver = driver;
    this.module = module;
  }

  /// @param sharedBytesMax most dynamic shared memory of its launches
  public CudaFunction function(String name, int sharedBytesMax) {
    device.enter();
    long function = driver.function(module, name);
    if (sharedBytesMax > SHARED_BYTES_UNASKED) {
      driver.setAttribute(function, ATTRIBUTE_SHARED_BYTES, sharedBytesMax);
    }
    return new CudaFunction(name, function);
  }

  @Override
  public void close() {
    device.enter();
    driver.unloadModule(module);
  }
}
