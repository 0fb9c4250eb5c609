package dev.steerage.cli.command;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;

/// A writer that somebody else will close.
final class Unclosed extends FilterWriter {
  Unclosed(Writer out) {
    super(out);
  }

  @Override
  public void close() throws IOException {
    flush();
  }
}
