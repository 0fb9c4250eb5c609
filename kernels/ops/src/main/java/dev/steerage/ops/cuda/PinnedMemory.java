package dev.steerage.ops.cuda;

import java.lang.foreign.MemorySegment;

/// Memory of the host that stays where it is, so that the device copies from and to it while the
/// processor does something else, and kernels write to it. Its owner closes it when nothing runs on
/// it any more.
public final class PinnedMemory implements AutoCloseable {
  private final CudaDevice device;
  private final CudaDriver driver;
  private final MemorySegment segment;
  private boolean closed;

  // The driver says where the memory is and how long: nobody else can check it.
  @SuppressWarnings("restricted")
  PinnedMemory(CudaDevice device, CudaDriver driver, long address, long bytes) {
    this.device = device;
    this.driver = driver;
    segment = MemorySegment.ofAddress(address).reinterpret(bytes);
    segment.fill((byte) 0);
  }

  public MemorySegment segment() {
    return segment;
  }

  /// The address for kernels: the same as for the host.
  public long address() {
    return segment.address();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.enter();
      driver.freePinned(segment.address());
    }
  }
}
