package dev.steerage.index.corpus;

import java.nio.file.Path;

/// The bytes of a segment are not those that were written: cut off, or a bit is wrong.
public final class DamagedSegment extends RuntimeException {
  private final Path file;

  DamagedSegment(Path file, String what) {
    super("segment=" + file + " is damaged: " + what);
    this.file = file;
  }

  public Path file() {
    return file;
  }
}
