package dev.steerage.benchmarks.speed;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.WeightType;
import dev.steerage.transformer.forward.Weights;
import java.io.IOException;
import java.lang.foreign.Arena;

/// A 410M model with a codebook of 10,000 codes on each of its 384 heads, against the roofline of
/// the machine.
final class CodebookSpeed implements Speed.Program {
  private static final double SECONDS = 6;
  private static final int POSITIONS = 128;

  @Override
  public void run(Speed.Setting setting, Report report) throws IOException, InterruptedException {
    Backend backend = Backends.byName("auto");
    Shape shape = Shape.M410;
    try (Team team = new Team("speed", Runtime.getRuntime().availableProcessors())) {
      MachineLimits limits = MachineLimits.measure(setting, team.threads());
      report.line("");
      report.line(limits + ". Backend " + backend.name() + "/" + backend.instructionPath() + ".");
      report.line(
          ("Tokens per second: median (best, 90th percentile). Roofline: weights, codes (bf16,"
                  + " scans at the bf16 rate) and %d positions of keys and values, each at the"
                  + " slower of memory and arithmetic.")
              .formatted(POSITIONS));
      report.head("weights", "streams", "dense", "with codebooks", "roofline", "of the roofline");
      for (WeightType type : WeightType.values()) {
        try (Arena arena = Arena.ofShared()) {
          Weights weights = RandomModel.of(shape, backend, type, true, arena);
          for (int streams : new int[] {1, 8, 64}) {
            Times dense = Streams.decode(weights.withoutCodebooks(), team, streams, SECONDS / 2);
            Times times = Streams.decode(weights, team, streams, SECONDS);
            double bound = streams / seconds(shape, type, streams, limits);
            report.row(
                type.word(),
                streams,
                dense.perSecond(streams),
                times.perSecond(streams),
                "%.1f".formatted(bound),
                "%.0f %%".formatted(100 * streams * 1e9 / times.medianNs() / bound));
          }
        }
      }
    }
  }

  private static double seconds(Shape shape, WeightType type, int streams, MachineLimits limits) {
    double weights = shape.weightsPerToken();
    double codes = (double) shape.layers() * RandomModel.CODES * shape.width();
    double cached = 2.0 * shape.layers() * shape.width() * POSITIONS * streams;
    double bandwidth = limits.gigabytesPerSecond() * 1e9;
    double flops = limits.gigaflops() * 1e9;
    return Math.max(weights * type.bytes() / bandwidth, 2 * weights * streams / flops)
        + Math.max(
            codes * Short.BYTES / bandwidth, 2 * codes * streams / (limits.gigaflopsBf16() * 1e9))
        + Math.max(cached * Float.BYTES / bandwidth, 2 * cached / flops);
  }
}
