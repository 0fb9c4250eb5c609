package dev.steerage.cli.terminal;

/// Progress of something that takes steps: silent in the first second, then one line that is
/// written over on a terminal, and a line every few seconds elsewhere. For one thread at a time.
public final class StepProgress {
  private static final long SILENT_NS = 1_000_000_000L;
  private static final long TERMINAL_NS = 200_000_000L;
  private static final long FILE_NS = 5_000_000_000L;

  private final Terminal terminal;
  private final String what;
  private final long all;
  private final long startNs = System.nanoTime();
  private long shownNs;
  private boolean isShown;

  /// @param what is counted, for instance `sequences`
  /// @param all how many there are
  public StepProgress(Terminal terminal, String what, long all) {
    this.terminal = terminal;
    this.what = what;
    this.all = all;
    shownNs = startNs + SILENT_NS - gap();
  }

  /// Told how many are done.
  public synchronized void at(long done) {
    long now = System.nanoTime();
    if (now - shownNs < gap()) {
      return;
    }
    shownNs = now;
    isShown = true;
    double seconds = (now - startNs) / 1e9;
    String line =
        "%d of %d %s, %.0f s, about %.0f s left"
            .formatted(done, all, what, seconds, seconds * (all - done) / Math.max(1, done));
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

  private long gap() {
    return terminal.isColoured() ? TERMINAL_NS : FILE_NS;
  }
}
