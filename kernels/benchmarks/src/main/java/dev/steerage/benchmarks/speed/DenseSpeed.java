package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.forward.Weights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/// Dense GPT-NeoX shapes of random weights, against llama.cpp and the bound of the memory.
final class DenseSpeed implements Speed.Program {
  private static final double SECONDS = 2;
  private static final int PROMPT = 512;

  @Override
  public void run(Speed.Setting setting, Report report) throws IOException, InterruptedException {
    Backend backend = Backends.byName("auto");
    int threads = Runtime.getRuntime().availableProcessors();
    Optional<LlamaPeer> peer = LlamaPeer.find(setting, report);
    try (Team team = new Team("speed", threads)) {
      MachineLimits limits = MachineLimits.measure(setting, threads);
      report.line("");
      report.line(limits + ". Backend " + backend.name() + "/" + backend.instructionPath() + ".");
      report.line(
          "Tokens per second: median (best, 90th percentile); llama.cpp ("
              + LlamaPeer.PACKAGE
              + "): median. Bound: weights of one token at the measured bandwidth.");
      report.head("model", "weights", "streams", "Steerage", "llama.cpp", "ratio", "of the bound");
      for (Shape shape : List.of(Shape.M70, Shape.M160, Shape.M410)) {
        for (WeightType type : WeightType.values()) {
          LlamaPeer.Rates theirs = rates(peer, shape, type.word(), threads);
          measure(shape, type, backend, team, limits, theirs, report);
        }
        quantised(shape, rates(peer, shape, "q8_0", threads), report);
      }
    }
  }

  private static LlamaPeer.Rates rates(
      Optional<LlamaPeer> peer, Shape shape, String type, int threads)
      throws IOException, InterruptedException {
    return peer.isPresent()
        ? peer.get().rates(shape, type, threads)
        : new LlamaPeer.Rates(Double.NaN, Double.NaN, Double.NaN, Double.NaN);
  }

  private static void measure(
      Shape shape,
      WeightType type,
      Backend backend,
      Team team,
      MachineLimits limits,
      LlamaPeer.Rates theirs,
      Report report) {
    double bound =
        limits.gigabytesPerSecond() * 1e9 / (shape.weightsPerToken() * (double) type.bytes());
    try (Arena arena = Arena.ofShared()) {
      Weights weights = RandomModel.of(shape, backend, type, false, arena);
      for (int streams : new int[] {1, 8, 64}) {
        Times times = Streams.decode(weights, team, streams, SECONDS);
        double their =
            switch (streams) {
              case 1 -> theirs.one();
              case 8 -> theirs.eight();
              default -> theirs.sixtyFour();
            };
        row(shape, type, "" + streams, times, streams, their, streams == 1 ? bound : 0, report);
      }
      Times times = Streams.prompt(weights, team, PROMPT, SECONDS);
      row(shape, type, "prompt of 512", times, PROMPT, theirs.prompt(), 0, report);
    }
  }

  private static void row(
      Shape shape,
      WeightType type,
      String what,
      Times times,
      int tokens,
      double their,
      double bound,
      Report report) {
    double ours = tokens * 1e9 / times.medianNs();
    report.row(
        shape.name(),
        type.word(),
        what,
        times.perSecond(tokens),
        "%.1f".formatted(their),
        "%.2f".formatted(ours / their),
        bound > 0 ? "%.0f %%".formatted(100 * ours / bound) : "");
  }

  /// What the peer does with eight bits, which Steerage has not.
  private static void quantised(Shape shape, LlamaPeer.Rates theirs, Report report) {
    report.row(
        shape.name(),
        "q8_0",
        "1, 8, 64, prompt",
        "none",
        "%.1f, %.1f, %.1f, %.1f"
            .formatted(theirs.one(), theirs.eight(), theirs.sixtyFour(), theirs.prompt()),
        "",
        "");
  }
}
