package dev.steerage.cli.command;

import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.terminal.Terminal;

/// How far a file of prompts has come: one line that renews itself on a terminal, else few lines.
final class Progress {
  private static final long TERMINAL_NS = 100_000_000L;
  private static final long FILE_NS = 5_000_000_000L;

  private final Terminal terminal;
  private final int total;
  private final long startNs = System.nanoTime();
  private int done;
  private int failed;
  private long tokens;
  private long shownNs;

  Progress(Terminal terminal, int total) {
    this.terminal = terminal;
    this.total = total;
  }

  void done(RequestRun run) {
    done++;
    failed += run.isComplete() ? 0 : 1;
    tokens += run.tokens().size();
    long now = System.nanoTime();
    if (now - shownNs >= (terminal.isColoured() ? TERMINAL_NS : FILE_NS)) {
      shownNs = now;
      show();
    }
  }

  void finish() {
    show();
    if (terminal.isColoured()) {
      terminal.note("");
    }
  }

  private void show() {
    double seconds = Math.max(1e-3, (System.nanoTime() - startNs) / 1e9);
    String line =
        "%d of %d prompts, %d not complete, %d tokens, %.0f tokens/s"
            .formatted(done, total, failed, tokens, tokens / seconds);
    if (terminal.isColoured()) {
      terminal.err().print("\r\u001b[K" + line);
      terminal.err().flush();
    } else {
      terminal.note(line);
    }
  }
}
