package dev.steerage.index.benchmark;

import dev.steerage.index.IdleProfile;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.HdrHistogram.Histogram;

/// A look-up (code to counts) over Aeron IPC beside a ping-pong of the same message sizes, rate and
/// idle strategy: alternating in one JVM, five runs of each, each with a media driver of its own.
///
/// The time is from before the question is encoded until after the answer is decoded.
public final class IndexLatencyBenchmark {
  private static final int RUNS = 5;
  private static final int PER_SECOND = 1_000;
  private static final int MEASURED = 5_000;
  private static final int WARM_UP = 20_000;

  private final Result result =
      new Result(
          "latency",
          "look-up beside ping-pong",
          "./mvnw -q -pl services/code-index -am -DskipTests -Pbenchmarks package");

  private IndexLatencyBenchmark() {}

  /// Percentiles of one run, in microseconds.
  private record Run(double p50, double p99) {}

  public static void main(String[] args) throws IOException {
    new IndexLatencyBenchmark()
        .run(
            Arrays.stream((args.length == 0 ? "BALANCED,YIELD" : args[0]).split(","))
                .map(IdleProfile::valueOf)
                .toList());
  }

  private void run(List<IdleProfile> profiles) throws IOException {
    result.line(
        "%d runs of %,d at %,d per second, warm-up %,d, medians of the runs in microseconds."
            + " Meanwhile %,d activations per second come in %d records: the index counts them on"
            + " the thread that answers, beside the ping-pong another thread does.",
        RUNS,
        MEASURED,
        PER_SECOND,
        WARM_UP,
        IngestLoad.activationsPerSecond(),
        IngestLoad.PER_SECOND);
    result.line("");
    result.line(
        "| idle | look-up p50 | ping-pong p50 | ratio | look-up p99 | ping-pong p99 | ratio |");
    result.line("|---|---|---|---|---|---|---|");
    for (IdleProfile profile : profiles) {
      report(profile);
    }
    result.line("");
    result.line("To reach: p50 within 1.5x of the ping-pong, p99 within 3x.");
    result.write();
  }

  private void report(IdleProfile profile) {
    List<Run> lookUps = new ArrayList<>();
    List<Run> pingPongs = new ArrayList<>();
    for (int run = 0; run < RUNS; run++) {
      lookUps.add(measure(profile, true));
      pingPongs.add(measure(profile, false));
    }
    Run lookUp = median(lookUps);
    Run pingPong = median(pingPongs);
    result.line(
        "| %s | %.1f | %.1f | %.2f | %.1f | %.1f | %.2f |",
        profile,
        lookUp.p50(),
        pingPong.p50(),
        lookUp.p50() / pingPong.p50(),
        lookUp.p99(),
        pingPong.p99(),
        lookUp.p99() / pingPong.p99());
  }

  private static Run median(List<Run> runs) {
    return new Run(
        runs.stream().map(Run::p50).sorted(Comparator.naturalOrder()).toList().get(RUNS / 2),
        runs.stream().map(Run::p99).sorted(Comparator.naturalOrder()).toList().get(RUNS / 2));
  }

  private static Run measure(IdleProfile profile, boolean lookUp) {
    var histogram = new Histogram(3);
    try (var folder = ScratchFolder.create();
        var peer =
            lookUp
                ? new IndexPeer(folder.path().resolve("aeron"), profile)
                : new EchoPeer(folder.path().resolve("aeron"), profile);
        var caller = new Caller(folder.path().resolve("aeron"), profile, peer)) {
      for (int i = 0; i < WARM_UP; i++) {
        caller.call();
      }
      long intervalNs = 1_000_000_000L / PER_SECOND;
      long next = System.nanoTime();
      for (int i = 0; i < MEASURED; i++) {
        next += intervalNs;
        caller.idleUntil(next);
        long start = System.nanoTime();
        caller.call();
        histogram.recordValue(System.nanoTime() - start);
      }
    }
    return new Run(
        histogram.getValueAtPercentile(50) / 1e3, histogram.getValueAtPercentile(99) / 1e3);
  }
}
