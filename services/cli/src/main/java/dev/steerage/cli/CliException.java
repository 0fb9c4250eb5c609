package dev.steerage.cli;

/// A command could not do what it was asked; the message is the one line that a person sees.
public final class CliException extends RuntimeException {
  private final transient ExitCode exitCode;

  public CliException(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public CliException(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  /// The status of the process.
  public ExitCode exitCode() {
    return exitCode;
  }
}
