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
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// What ten thousand rules in force cost a decode step, and how soon a changed one is in force.
///
/// Writes `services/worker/benchmarks/results/<date>-rules.md`; arguments: what else ran on the
/// machine, seconds per part, a model folder.
public final class RulesBenchmark {
  private static final int STREAMS = 64;
  private static final int STEPS = 4;
  private static final int RULES = 10_000;
  private static final int TENANTS = 1_000;
  private static final int CHANGES_LEAST = 200;

  private final List<String> lines = new ArrayList<>();
  private final ServedModel model;
  private final long runNs;

  private RulesBenchmark(ServedModel model, int seconds) {
    this.model = model;
    runNs = seconds * 1_000_000_000L;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Path folder = Path.of(args[1]);
    try (var engine = CodebookTransformer.load(folder, Backends.byName("auto"))) {
      engine.warmUp();
      ServedModel served = ServedModel.of(folder.getFileName().toString(), engine);
      RulesBenchmark benchmark = new RulesBenchmark(served, Integer.parseInt(args[0]));
      benchmark.head(args[0], engine);
      benchmark.measure();
    }
  }

  private void head(String seconds, CodebookTransformer engine) {
    say("# Cost of ten thousand rules, " + LocalDate.now());
    say("");
    say("- machine: " + BenchmarkMachine.look());
    say("- numeric class: " + engine.numericClass());
    say("- command: as in `services/worker/benchmarks/README.md`, " + seconds + " s per part");
    say(
        "- model "
            + model.name()
            + ", "
            + STREAMS
            + " requests in one batch, to the end of the context;");
    say("  lanes take turns of " + STEPS + " steps, ratios are taken turn by turn");
    say(
        "- the rules wait and none acts, so all lanes write the same texts, which is checked: a"
            + " fifth");
    say(
        "  each for every request after a code fired, for one label, for one session, for a tenth"
            + " of");
    say("  sessions after a pair of tokens, for every request at one position");
    say("");
  }

  private void measure() throws IOException, InterruptedException {
    long before = usedHeap();
    try (RuledLane none = new RuledLane(model, STREAMS, STREAMS, 0);
        RuledLane spread = new RuledLane(model, STREAMS, TENANTS, RULES / TENANTS);
        RuledLane one = new RuledLane(model, STREAMS, 1, RULES)) {
      costs(List.of(none, spread, one));
      write();
      say("## A change in force");
      say("");
      say(
          "From the record to the end of the first decode step of all requests under it, while"
              + " they");
      say("run: one rule after the other is put again, changed.");
      say("");
      say("| rules | changes | median | 99 % | longest |");
      say("|---|---|---|---|---|");
      change("10 of each of 1,000 tenants", spread);
      change("10,000 of one tenant", one);
      write();
      say("");
      say("## Memory, files and maps");
      say("");
      say(
          "%,d rules and their programs, beside the batches: %.0f MB of heap; this process: %s"
              .formatted(2 * RULES, (usedHeap() - before) / 1e6, process()));
      write();
    }
  }

  /// The day's file, as far as it is known: who is cut off has what was measured.
  private void write() throws IOException {
    Path folder = Path.of(System.getProperty("results"));
    Files.createDirectories(folder);
    Files.write(folder.resolve(LocalDate.now() + "-rules.md"), lines);
  }

  private void costs(List<RuledLane> lanes) {
    turns(lanes, new ArrayList<>(), runNs / 2);
    List<long[]> turns = new ArrayList<>();
    turns(lanes, turns, runNs);
    say("## A decode step");
    say("");
    say("| rules | step, median | to no rules: median (quartiles) | target |");
    say("|---|---|---|---|");
    String[] names = {"none", "10 of each of 1,000 tenants", "10,000 of one tenant"};
    for (int lane = 0; lane < names.length; lane++) {
      int at = lane;
      double[] steps = turns.stream().mapToDouble(turn -> turn[at] / 1e6 / STEPS).toArray();
      double[] ratios =
          turns.stream().mapToDouble(turn -> 100.0 * turn[at] / turn[0]).sorted().toArray();
      say(
          "| %s | %.2f ms | %.1f %% (%.1f to %.1f) | %s |"
              .formatted(
                  names[lane],
                  quantile(steps, 0.5),
                  quantile(ratios, 0.5),
                  quantile(ratios, 0.25),
                  quantile(ratios, 0.75),
                  lane == 0 ? "" : "102 %"));
    }
    say("");
    say(turns.size() + " turns of each lane.");
    say("");
  }

  private void turns(List<RuledLane> lanes, List<long[]> turns, long ns) {
    long end = System.nanoTime() + ns;
    int positions = model.shape().maxPositions();
    for (int round = 0; System.nanoTime() < end || turns.isEmpty(); round++) {
      long seed = round;
      lanes.forEach(lane -> lane.begin(seed));
      for (int at = 2; at + STEPS < positions; at += STEPS) {
        long[] turn = new long[lanes.size()];
        for (int i = 0; i < turn.length; i++) {
          int lane = (i + at / STEPS) % turn.length;
          turn[lane] = lanes.get(lane).run(STEPS);
        }
        turns.add(turn);
      }
      lanes.forEach(RuledLane::end);
      List<List<Integer>> texts = lanes.getFirst().texts();
      if (!lanes.stream().allMatch(lane -> lane.texts().equals(texts))) {
        throw new IllegalStateException("a rule acted");
      }
    }
  }

  private void change(String name, RuledLane lane) throws InterruptedException {
    AtomicBoolean isOver = new AtomicBoolean();
    List<Double> took = new ArrayList<>();
    Thread rules = new Thread(() -> changes(lane, took, isOver), "rules");
    rules.start();
    for (int round = 0; !isOver.get(); round++) {
      lane.begin(round);
      lane.end();
    }
    rules.join();
    double[] ms = took.stream().mapToDouble(Double::doubleValue).toArray();
    say(
        "| %s | %,d | %.1f ms | %.1f ms | %.1f ms |"
            .formatted(name, ms.length, quantile(ms, 0.5), quantile(ms, 0.99), quantile(ms, 1.0)));
  }

  /// One change after the other, at odd moments. The first tenth warms up.
  private void changes(RuledLane lane, List<Double> took, AtomicBoolean isOver) {
    SplittableRandom random = new SplittableRandom(5);
    long end = System.nanoTime() + runNs;
    for (int number = 1; System.nanoTime() < end || took.size() < CHANGES_LEAST; number++) {
      long start = System.nanoTime();
      long revision = lane.change(number);
      while (!lane.isInForce(revision)) {
        Thread.onSpinWait();
        Thread.yield();
      }
      if (number > CHANGES_LEAST / 10) {
        took.add((System.nanoTime() - start) / 1e6);
      }
      long pause = System.nanoTime() + random.nextLong(20_000_000L);
      while (System.nanoTime() < pause) {
        Thread.yield();
      }
    }
    isOver.set(true);
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
  }

  private static long usedHeap() {
    System.gc();
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static String process() throws IOException {
    Path self = Path.of("/proc/self");
    if (!Files.isDirectory(self)) {
      return "this system does not say";
    }
    try (Stream<Path> files = Files.list(self.resolve("fd"));
        Stream<String> maps = Files.lines(self.resolve("maps"))) {
      String resident =
          Files.readAllLines(self.resolve("status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .map(line -> line.substring("VmRSS:".length()).strip())
              .findFirst()
              .orElse("?");
      return "%d open files, %d maps, %s resident".formatted(files.count(), maps.count(), resident);
    }
  }

  private void say(String line) {
    lines.add(line);
    System.out.println(String.format(Locale.ROOT, "%s", line));
  }
}
