package dev.steerage.ops.cuda;

/// The device has not enough memory for what was asked: a refusal. Nothing was taken, and what runs
/// on the device goes on.
public final class DeviceMemoryException extends CudaException {
  private static final long serialVersionUID = 1L;

  /// @param what the memory was for
  /// @param bytes asked for
  /// @param free what the device had left, which is the limit
  /// @param total what it has in all
  public DeviceMemoryException(String what, long bytes, long free, long total) {
    super(
        "device memory: for=%s, bytes=%d, limit=%d free of %d".formatted(what, bytes, free, total));
  }
}
