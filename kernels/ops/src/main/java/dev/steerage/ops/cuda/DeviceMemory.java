package dev.steerage.ops.cuda;

import java.lang.foreign.MemorySegment;

/// A piece of device memory, handed out in parts from its beginning. Fixed in size; its owner
/// closes it when nothing runs on it any more.
public final class DeviceMemory implements AutoCloseable {
  private final CudaDevice device;
  private final CudaDriver driver;
  private final long address;
  private final long bytes;
  private long taken;
  private boolean closed;

  DeviceMemory(CudaDevice device, CudaDriver driver, long address, long bytes) {
    this.device = device;
    this.driver = driver;
    this.address = address;
    this.bytes = bytes;
  }

  public long address() {
    return address;
  }

  public long bytes() {
    return bytes;
  }

  /// Bytes that a part of that size takes away.
  public static long aligned(long bytes) {
    return (bytes + CudaDevice.ALIGNMENT - 1) / CudaDevice.ALIGNMENT * CudaDevice.ALIGNMENT;
  }

  /// The address of the next part.
  public long take(long partBytes) {
    long at = taken;
    taken += aligned(partBytes);
    if (at + partBytes > bytes) {
      throw new IllegalStateException(
          "device memory: end=" + (at + partBytes) + ", limit=" + bytes);
    }
    return address + at;
  }

  /// Copies native memory of the host to an address in here, and waits for it.
  public void put(long to, MemorySegment from) {
    check(to, from.byteSize());
    device.enter();
    driver.toDevice(to, from.address(), from.byteSize());
  }

  /// Copies from an address in here to native memory of the host, and waits for it.
  public void get(long from, MemorySegment to) {
    check(from, to.byteSize());
    device.enter();
    driver.toHost(to.address(), from, to.byteSize());
  }

  private void check(long at, long count) {
    if (at < address || at + count > address + DeviceMemory.aligned(bytes)) {
      throw new IllegalArgumentException(
          ("device memory: at=" + (at - address) + ", bytes=" + count) + (", limit=" + bytes));
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      device.enter();
      driver.free(address);
    }
  }
}
