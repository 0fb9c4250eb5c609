package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.forward.Weights;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.function.Supplier;

/// The rate beside one other process that never rests, against the undisturbed one.
final class NeighbourSpeed implements Speed.Program {
  private static final double SECONDS = 5;

  @Override
  public void run(Speed.Setting setting, Report report) throws IOException, InterruptedException {
    Backend backend = Backends.byName("auto");
    report.line("");
    report.line(
        "Tokens per second: mean of %.0f s, alone and beside a busy process.".formatted(SECONDS));
    report.head("what", "threads", "alone", "beside", "ratio");
    int cores = Runtime.getRuntime().availableProcessors();
    for (int threads = 1; threads <= cores; threads++) {
      try (Team team = new Team("speed", threads);
          Arena arena = Arena.ofShared()) {
        Weights weights = RandomModel.of(Shape.M160, backend, WeightType.BF16, false, arena);
        for (int streams : new int[] {1, 64}) {
          int tokens = streams;
          compare(
              "160M bf16, " + streams + " streams",
              threads,
              tokens,
              () -> Streams.decode(weights, team, tokens, SECONDS),
              report);
        }
      }
    }
    try (CodebookTransformer model =
            CodebookTransformer.load(setting.models().resolve("tokfsm"), backend);
        TokFsmSpeed.OneStream stream = new TokFsmSpeed.OneStream(model)) {
      model.warmUp();
      compare(
          "TokFSM, one stream",
          model.team().threads(),
          stream.tokens(),
          () -> stream.generate(SECONDS),
          report);
    }
  }

  private static void compare(
      String what, int threads, int tokens, Supplier<Times> work, Report report)
      throws IOException, InterruptedException {
    double alone = mean(work.get(), tokens);
    Process busy = new ProcessBuilder("sh", "-c", "while :; do :; done").start();
    double beside;
    try {
      beside = mean(work.get(), tokens);
    } finally {
      busy.destroyForcibly().waitFor();
    }
    report.row(
        what,
        threads,
        "%.1f".formatted(alone),
        "%.1f".formatted(beside),
        "%.0f %%".formatted(100 * beside / alone));
  }

  /// A median would hide the steps that the neighbour held up.
  private static double mean(Times times, int tokens) {
    double sum = 0;
    for (long ns : times.ns()) {
      sum += ns;
    }
    return tokens * 1e9 * times.ns().length / sum;
  }
}
