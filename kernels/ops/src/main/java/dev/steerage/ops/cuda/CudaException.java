package dev.steerage.ops.cuda;

/// A call of the driver that failed: names the call and the driver's error.
public class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CudaException(String message) {
    super(message);
  }

  public CudaException(String message, Throwable cause) {
    super(message, cause);
  }
}
