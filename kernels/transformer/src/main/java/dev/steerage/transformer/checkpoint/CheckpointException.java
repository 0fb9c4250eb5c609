package dev.steerage.transformer.checkpoint;

import java.nio.file.Path;

/// A checkpoint that is refused. Says which file, which tensor or field, what was expected and what
/// was found.
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String file;
  private final String tensor;
  private final String expected;
  private final String found;

  /// @param tensor tensor or config field; empty when the file as a whole is wrong
  public CheckpointException(Path file, String tensor, String expected, String found) {
    this(file, tensor, expected, found, null);
  }

  public CheckpointException(
      Path file, String tensor, String expected, String found, Throwable cause) {
    super(
        "checkpoint refused: file=%s%s, expected %s, found %s"
            .formatted(file, tensor.isEmpty() ? "" : ", tensor=" + tensor, expected, found),
        cause);
    this.file = file.toString();
    this.tensor = tensor;
    this.expected = expected;
    this.found = found;
  }

  public String file() {
    return file;
  }

  public String tensor() {
    return tensor;
  }

  public String expected() {
    return expected;
  }

  public String found() {
    return found;
  }
}
