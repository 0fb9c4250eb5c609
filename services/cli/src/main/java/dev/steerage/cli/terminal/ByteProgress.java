package dev.steerage.cli.terminal;

/// Progress of something that takes bytes: silent in the first second, then one line that is
/// written over on a terminal, and a line every few seconds elsewhere. For one thread at a time.
public final class ByteProgress {
  private static final long SILENT_NS = 1_000_000_000L;
  private static final long TERMINAL_NS = 200_000_000L;
  private static final long FILE_NS = 5_000_000_000L;

  private final Terminal terminal;
  private final String what;
  private final long startNs = System.nanoTime();
  private long shownNs;
  private boolean isShown;

  /// @param what is being done, for instance `verifying stories`
  public ByteProgress(Terminal terminal, String what) {
    this.terminal = terminal;
    this.what = what;
    shownNs = startNs + SILENT_NS - (terminal.isColoured() ? TERMINAL_NS : FILE_NS);
  }

  /// Told how far it is.
  public synchronized void at(long bytes, long all) {
    long now = System.nanoTime();
    if (now - shownNs < (terminal.isColoured() ? TERMINAL_NS : FILE_NS)) {
      return;
    }
    shownNs = now;
    isShown = true;
    double rate = bytes / Math.max(1e-3, (now - startNs) / 1e9);
    String line =
        "%s: %s of %s, %d %%, %s/s"
            .formatted(
                what,
                Bytes.of(bytes),
                Bytes.of(all),
                100 * bytes / Math.max(1, all),
                Bytes.of((long) rate));
    if (terminal.isColoured()) {
      terminal.err().print("\r\u001b[K" + line);
      terminal.err().flush();
    } else {
      terminal.note(line);
    }
  }

  /// Ends the line, if one was begun.
  public synchronized void finish() {
    if (isShown && terminal.isColoured()) {
      terminal.note("");
    }
  }
}
