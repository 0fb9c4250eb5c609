package dev.steerage.worker.benchmark;

import dev.steerage.ops.Backends;
import dev.steerage.testkit.BenchmarkMachine;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.worker.generation.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/// What steering and capturing cost: the same batch with and without, in turns of a few steps, so
/// that whatever else the machine does hits all alike.
///
/// Writes `services/worker/benchmarks/results/<date>-steering.md`; arguments: what else ran on the
/// machine, then seconds per model, then model folders; `made-70m` is made on the fly.
public final class SteeringBenchmark {
  private static final int STREAMS = 64;
  private static final int STEPS = 4;
  private static final String MADE = "made-70m";

  private final List<String> lines = new ArrayList<>();

  private SteeringBenchmark() {}

  public static void main(String[] args) throws IOException {
    int seconds = Integer.parseInt(args[0]);
    SteeringBenchmark benchmark = new SteeringBenchmark();
    benchmark.head(seconds);
    for (String folder : Arrays.asList(args).subList(1, args.length)) {
      if (folder.equals(MADE)) {
        benchmark.measureMade(seconds);
      } else {
        benchmark.measure(Path.of(folder), seconds);
      }
    }
    Path file = Path.of(System.getProperty("results")).resolve(LocalDate.now() + "-steering.md");
    Files.write(file, benchmark.lines);
  }

  private void head(int seconds) {
    say("# Cost of steering and capturing, " + LocalDate.now());
    say("");
    say("- machine: " + BenchmarkMachine.look());
    say("- command: as in `services/worker/benchmarks/README.md`, " + seconds + " s per model");
    say(
        "- "
            + STREAMS
            + " requests in one batch, prompt of one token, temperature 1, to the end of");
    say("  the model's context; lanes take turns of " + STEPS + " steps");
    say("- *steered*: every request has rules of its own, in force at every position: 8");
    say("  activations over 4 sites or more, 64 bans over 4 sites, one activation while one of 64");
    say("  codes fired within 8 positions");
    say("- ratios are taken turn by turn: median (quartiles)");
    say("");
  }

  private void measureMade(int seconds) throws IOException {
    Path temporary = Files.createTempDirectory("steerage-made");
    try {
      measure(MadeModel.write(temporary.resolve(MADE)), seconds);
    } finally {
      try (Stream<Path> all = Files.walk(temporary)) {
        all.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }

  private void measure(Path folder, int seconds) {
    try (var engine = CodebookTransformer.load(folder, Backends.byName("auto"))) {
      engine.warmUp();
      ServedModel model = ServedModel.of(folder.getFileName().toString(), engine);
      Map<Lane.Kind, Lane> lanes = new EnumMap<>(Lane.Kind.class);
      for (Lane.Kind kind : Lane.Kind.values()) {
        lanes.put(kind, new Lane(model, kind, STREAMS));
      }
      long half = System.nanoTime() + seconds * 500_000_000L;
      // The first half warms up.
      while (System.nanoTime() < half) {
        round(lanes, new ArrayList<>());
      }
      lanes.values().forEach(Lane::forgetTimes);
      List<Turn> turns = new ArrayList<>();
      long end = System.nanoTime() + seconds * 500_000_000L;
      while (System.nanoTime() < end) {
        round(lanes, turns);
      }
      check(lanes);
      report(model, lanes, turns);
      lanes.values().forEach(Lane::close);
    }
  }

  /// What each lane took and allocated in one turn.
  private record Turn(Map<Lane.Kind, Long> nanos, Map<Lane.Kind, Long> bytes) {}

  private void round(Map<Lane.Kind, Lane> lanes, List<Turn> turns) {
    lanes.values().forEach(lane -> lane.begin(turns.size(), true));
    List<Lane> order = new ArrayList<>(lanes.values());
    int positions = order.getFirst().positions();
    for (int at = 2; at + STEPS < positions; at += STEPS) {
      var nanos = new EnumMap<Lane.Kind, Long>(Lane.Kind.class);
      var bytes = new EnumMap<Lane.Kind, Long>(Lane.Kind.class);
      for (Lane lane : order) {
        nanos.put(lane.kind(), lane.run(STEPS));
        bytes.put(lane.kind(), lane.bytes());
      }
      turns.add(new Turn(nanos, bytes));
      order.add(order.removeFirst());
    }
    lanes.values().forEach(Lane::end);
  }

  /// Rules that change nothing would cost little: with equal draws, every rule set has to give a
  /// text of its own.
  private static void check(Map<Lane.Kind, Lane> lanes) {
    lanes.values().forEach(lane -> lane.begin(1, false));
    lanes.values().forEach(Lane::end);
    int unsteered = lanes.get(Lane.Kind.CAPTURED).distinctTexts();
    int steered = lanes.get(Lane.Kind.STEERED).distinctTexts();
    if (unsteered != 1 || steered != STREAMS || lanes.get(Lane.Kind.STEERED).changedSlots() == 0) {
      throw new IllegalStateException(
          "texts: unsteered=" + unsteered + ", steered=" + steered + ", expected 1 and " + STREAMS);
    }
  }

  private void report(ServedModel model, Map<Lane.Kind, Lane> lanes, List<Turn> turns) {
    say("## " + model.name() + ", " + model.engine().numericClass());
    say("");
    say(
        model.shape().sites().size()
            + " sites, "
            + turns.size()
            + " turns of each lane; "
            + STREAMS
            + " different texts steered, 1 unsteered");
    say("");
    say("| lane | tokens/s | bytes of heap per token, median turn | share of turns without any |");
    say("|---|---|---|---|");
    lanes.forEach(
        (kind, lane) -> {
          double[] bytes = turns.stream().mapToDouble(turn -> turn.bytes.get(kind)).toArray();
          double none = Arrays.stream(bytes).filter(b -> b == 0).count() * 100.0 / bytes.length;
          say(
              String.format(
                  Locale.ROOT,
                  "| %s | %,.0f | %.2f | %.0f %% |",
                  kind.name().toLowerCase(Locale.ROOT),
                  lane.tokensPerSecond(),
                  quantile(bytes, 0.5) / (STEPS * STREAMS),
                  none));
        });
    say("");
    say("| ratio of rates | measured | target |");
    say("|---|---|---|");
    ratio(turns, Lane.Kind.STEERED, Lane.Kind.CAPTURED, "97 %: what 64 rule sets leave");
    ratio(turns, Lane.Kind.CAPTURED, Lane.Kind.UNSTEERED, "98 %: what capturing all codes leaves");
    ratio(turns, Lane.Kind.STEERED, Lane.Kind.ENGINE, "all of it together");
    say("");
  }

  private void ratio(List<Turn> turns, Lane.Kind what, Lane.Kind to, String target) {
    double[] ratios =
        turns.stream()
            .mapToDouble(turn -> 100.0 * turn.nanos.get(to) / turn.nanos.get(what))
            .toArray();
    say(
        String.format(
            Locale.ROOT,
            "| %s to %s | %.1f %% (%.1f to %.1f) | %s |",
            what.name().toLowerCase(Locale.ROOT),
            to.name().toLowerCase(Locale.ROOT),
            quantile(ratios, 0.5),
            quantile(ratios, 0.25),
            quantile(ratios, 0.75),
            target));
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.round(share * (sorted.length - 1))];
  }

  private void say(String line) {
    lines.add(line);
    System.out.println(line);
  }
}
