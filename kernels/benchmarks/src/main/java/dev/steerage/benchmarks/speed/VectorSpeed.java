package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.forward.Weights;
import java.io.IOException;
import java.lang.foreign.Arena;

/// The vector backend against the native one on a 70M shape, with and without codebooks.
final class VectorSpeed implements Speed.Program {
  private static final double SECONDS = 4;

  @Override
  public void run(Speed.Setting setting, Report report) throws IOException {
    report.line("");
    report.line("70M shape, tokens per second: median (best, 90th percentile).");
    report.head("weights", "codebooks", "streams", "vector", "native", "vector of native");
    try (Team team = new Team("speed", Runtime.getRuntime().availableProcessors());
        Arena arena = Arena.ofShared()) {
      for (WeightType type : WeightType.values()) {
        Weights slow = RandomModel.of(Shape.M70, backend("vector"), type, true, arena);
        Weights fast = RandomModel.of(Shape.M70, backend("native"), type, true, arena);
        for (int streams : new int[] {1, 8, 64}) {
          row(
              type,
              "none",
              streams,
              slow.withoutCodebooks(),
              fast.withoutCodebooks(),
              team,
              report);
          row(type, "48 x 10,000 x 64", streams, slow, fast, team, report);
        }
      }
    }
  }

  private static Backend backend(String name) {
    return Backends.byName(name);
  }

  private static void row(
      WeightType type,
      String codebooks,
      int streams,
      Weights slow,
      Weights fast,
      Team team,
      Report report) {
    Times vector = Streams.decode(slow, team, streams, SECONDS);
    Times compiled = Streams.decode(fast, team, streams, SECONDS / 2);
    report.row(
        type.word(),
        codebooks,
        streams,
        vector.perSecond(streams),
        compiled.perSecond(streams),
        "%.0f %%".formatted(100 * compiled.medianNs() / vector.medianNs()));
  }
}
