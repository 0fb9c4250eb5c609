package dev.steerage.cli;

/// How a command ended, for scripts.
public enum ExitCode {
  /// Done.
  OK(0),
  /// The system answered, and the answer is no: refused, expired, cancelled, failed.
  REFUSED(1),
  /// The command line or an input file is wrong.
  USAGE(2),
  /// Nothing runs here, or it cannot be reached.
  UNREACHABLE(3),
  /// No answer in time.
  TIMEOUT(4);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  /// The process's exit status.
  public int status() {
    return status;
  }
}
