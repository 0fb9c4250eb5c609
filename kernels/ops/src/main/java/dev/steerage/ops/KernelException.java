package dev.steerage.ops;

/// A native kernel could not be called: names the kernel, never a caller's mistake.
public final class KernelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public KernelException(String kernel, Throwable cause) {
    super("kernel: name=" + kernel + ", backend=native", cause);
  }
}
