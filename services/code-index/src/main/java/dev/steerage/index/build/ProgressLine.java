package dev.steerage.index.build;

import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/// Says every few seconds how far a build is.
final class ProgressLine implements BuildProgress {
  private static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(2);

  private final PrintWriter to;
  private final long startedNs = System.nanoTime();
  private long nextNs = startedNs + INTERVAL_NS;
  private long firstDone = -1;

  ProgressLine(PrintWriter to) {
    this.to = to;
  }

  @Override
  public void ran(long tokens, long done, long all) {
    long now = System.nanoTime();
    if (firstDone < 0) {
      firstDone = done;
    }
    if (now < nextNs) {
      return;
    }
    nextNs = now + INTERVAL_NS;
    double seconds = (now - startedNs) / 1e9;
    double share = all == 0 ? 1 : (double) done / all;
    double left = done == firstDone ? 0 : seconds * (all - done) / (done - firstDone);
    say(
        "%,d tokens, %,.0f per second, %.1f %% of the text, about %.0f s left"
            .formatted(tokens, tokens / seconds, 100 * share, left));
  }

  @Override
  public void wrote(String segment, int documents, int tokens, long bytes) {
    say("%s: %,d documents, %,d tokens, %,d bytes".formatted(segment, documents, tokens, bytes));
  }

  @Override
  public void records(int tokens) {
    say("neurons on a sample of up to %,d tokens".formatted(tokens));
  }

  @Override
  public void rebuilds(String reason) {
    say(reason + ": building it again");
  }

  private void say(String line) {
    to.println(line);
    to.flush();
  }
}
