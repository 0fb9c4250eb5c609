package dev.steerage.statistics.benchmark;

import dev.steerage.broker.BrokerConfig;
import dev.steerage.broker.EmbeddedBroker;
import dev.steerage.broker.Provisioner;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.BenchmarkMachine;
import dev.steerage.testkit.ChildJvm;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TopicReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Runs every shape: a long run of the blocks alone, then a short input through both topologies,
/// whose counts must agree. The broker is in this process, each topology in one of its own.
///
/// Writes `services/statistics/benchmarks/results/<date>.md`; arguments: shapes (default: all).
public final class StatisticsBenchmark {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Pattern NUMBER = Pattern.compile("\"(\\w+)\":([0-9.]+)");
  private static final String HEAP = "1g";
  private static final long PACED_PER_SECOND = 5_000_000;
  private static final int PACED_SECONDS = 30;

  private final List<String> lines = new ArrayList<>();

  private StatisticsBenchmark() {}

  public static void main(String[] args) throws Exception {
    List<Shape> shapes =
        args.length > 0
            ? Arrays.stream(args).map(Shape::valueOf).toList()
            : List.of(Shape.values());
    StatisticsBenchmark benchmark = new StatisticsBenchmark();
    benchmark.head();
    for (Shape shape : shapes) {
      benchmark.run(shape);
      // What was measured stays, whatever happens to the next shape.
      benchmark.write();
    }
  }

  private void head() {
    say("# Statistics through the broker, " + LocalDate.now());
    say("");
    say("- machine: " + BenchmarkMachine.look());
    say("- measured process: -Xmx" + HEAP + " with assertions on");
    say("- command: as in `services/statistics/README.md`");
    say(
        "- exactly-once v2, commit 100 ms, one stream thread, 8 partitions, windows of 10 s and 60"
            + " s,");
    say("  updates every second; broker in another process of the same machine, log in memory");
    say(
        "- CPU time is that of the whole measured process: stream thread, clients, compilers,"
            + " collector");
    say("- *warm*: after the first third of the activations");
    say("");
  }

  private void run(Shape shape) {
    List<List<Shape.Message>> ticks = shape.distinctTicks();
    long entries = ticks.getFirst().stream().mapToLong(Shape.Message::entries).sum();
    long bytes = ticks.getFirst().stream().mapToLong(message -> message.value().length).sum();
    long activations = ticks.getFirst().stream().mapToLong(Shape.Message::activations).sum();
    say("## " + shape);
    say("");
    say(
        shape.sites().size()
            + " sites; a tick: "
            + shape.positions
            + " positions, "
            + activations
            + " activations, "
            + entries
            + " (site, code) entries, "
            + ticks.getFirst().size()
            + " records, "
            + bytes
            + " bytes; "
            + shape.ticks
            + " ticks");
    say("");
    String blocks = measure(shape, ticks, shape.ticks, false);
    say(
        "| topology | input | activations per core-second, warm | all | per second of wall, warm |"
            + " changelog bytes/s, warm | changelog bytes per 1,000 activations |");
    say("|---|---|---|---|---|---|---|");
    row("blocks, as fast as they can", shape.ticks + " ticks", blocks);
    String paced = paced(shape, ticks);
    row("blocks, as it comes", PACED_PER_SECOND + "/s for " + PACED_SECONDS + " s", paced);
    String plain = measure(shape, ticks, shape.plainTicks, true);
    row("per code id", shape.plainTicks + " ticks", plain);
    double ratio = number(blocks, "warm", "perCoreSecond") / number(plain, "warm", "perCoreSecond");
    say("");
    say(
        "Ratio of activations per core-second, warm: "
            + Math.round(ratio)
            + ". Counts of both over the same "
            + shape.plainTicks
            + " ticks: equal.");
    say("");
  }

  /// Records come at a fixed rate: commits are many and small, as in service.
  private String paced(Shape shape, List<List<Shape.Message>> ticks) {
    long perTick = ticks.getFirst().stream().mapToLong(Shape.Message::activations).sum();
    int count = Math.toIntExact(PACED_PER_SECOND * PACED_SECONDS / perTick);
    try (var folder = ScratchFolder.create();
        var broker = EmbeddedBroker.start(BrokerConfig.of(folder.path().resolve("broker")))) {
      provision(broker);
      try (var child = child("blocks", shape, broker, folder, count * perTick)) {
        child.awaitLine("readiness", LONG, line -> line.startsWith("ready:"));
        load(broker.bootstrap(), ticks, count, PACED_PER_SECOND / (double) perTick);
        return measured(child);
      }
    }
  }

  private static void provision(EmbeddedBroker broker) {
    try (var provisioner = Provisioner.connect(broker.bootstrap())) {
      provisioner.ensurePlatform();
      provisioner.ensureTenant(Shape.TENANT);
    }
  }

  /// One broker, one input; with `compared`, both topologies on it, and the plain one's numbers.
  private String measure(
      Shape shape, List<List<Shape.Message>> ticks, int count, boolean compared) {
    try (var folder = ScratchFolder.create();
        var broker = EmbeddedBroker.start(BrokerConfig.of(folder.path().resolve("broker")))) {
      provision(broker);
      long activations = load(broker.bootstrap(), ticks, count, Double.POSITIVE_INFINITY);
      if (!compared) {
        try (var child = child("blocks", shape, broker, folder, activations)) {
          return measured(child);
        }
      }
      String numbers;
      Map<String, String> plain;
      try (var child = child("plain", shape, broker, folder, activations)) {
        numbers = measured(child);
        child.awaitLine("the end of counts", LONG, line -> line.equals("counts: end"));
        plain = counts(child);
      }
      try (var _ = child("blocks", shape, broker, folder, activations)) {
        compare(broker.bootstrap(), plain);
      }
      return numbers;
    }
  }

  private static long load(
      String bootstrap, List<List<Shape.Message>> ticks, int count, double ticksPerSecond) {
    long activations = 0;
    long startNs = System.nanoTime();
    // In flight 1: topics that were just made lose records otherwise.
    try (var producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrap,
                "max.in.flight.requests.per.connection",
                1,
                "linger.ms",
                5,
                "batch.size",
                512 * 1024,
                "buffer.memory",
                64L << 20),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (int tick = 0; tick < count; tick++) {
        long dueNs = startNs + (long) (tick / ticksPerSecond * 1e9);
        while (System.nanoTime() < dueNs) {
          LockSupport.parkNanos(dueNs - System.nanoTime());
        }
        for (Shape.Message message : ticks.get(tick % ticks.size())) {
          producer.send(
              new ProducerRecord<>(Topics.HISTOGRAMS.name(), message.key(), message.value()));
          activations += message.activations();
        }
      }
    }
    return activations;
  }

  private static ChildJvm child(
      String kind, Shape shape, EmbeddedBroker broker, ScratchFolder folder, long activations) {
    return ChildJvm.start(
        new ChildJvm.Program(
            kind,
            MeasuredProcess.class.getName(),
            HEAP,
            List.of(
                kind,
                broker.bootstrap(),
                folder.path().resolve(kind).toString(),
                "bench-" + kind,
                shape.name(),
                Long.toString(activations))));
  }

  private static String measured(ChildJvm child) {
    return child.awaitLine("a measurement", LONG, line -> line.startsWith("measured: "));
  }

  private static Map<String, String> counts(ChildJvm child) {
    Map<String, String> counts = new TreeMap<>();
    for (String line : child.lines()) {
      if (line.startsWith("counts: ") && !line.equals("counts: end")) {
        String[] parts = line.split(" ");
        counts.put(parts[1] + " " + parts[2], parts[3] + " " + parts[4] + " " + parts[5]);
      }
    }
    return counts;
  }

  private static void compare(String bootstrap, Map<String, String> plain) {
    try (var reader = TopicReader.committed(bootstrap, Topics.CODE_STATISTICS.of(Shape.TENANT))) {
      Map<String, String> blocks = new TreeMap<>();
      for (var record :
          reader.awaitCount(
              "final statistics",
              LONG,
              plain.size(),
              record -> record.value().complete() && record.value().windowMs() == 10_000)) {
        CodeStatistics window = record.value();
        blocks.put(
            window.site() + " " + window.windowStartMs(),
            window.activations()
                + " "
                + window.distinct()
                + " "
                + Double.toHexString(window.entropyNats()));
      }
      if (!blocks.equals(plain)) {
        TreeSet<String> differing = new TreeSet<>(blocks.keySet());
        differing.addAll(plain.keySet());
        differing.removeIf(key -> plain.containsKey(key) && plain.get(key).equals(blocks.get(key)));
        throw new IllegalStateException("counts differ: " + differing);
      }
    }
  }

  private void row(String topology, String input, String numbers) {
    say(
        String.format(
            java.util.Locale.ROOT,
            "| %s | %s | %,.0f | %,.0f | %,.0f | %,.0f | %.1f |",
            topology,
            input,
            number(numbers, "warm", "perCoreSecond"),
            number(numbers, "all", "perCoreSecond"),
            number(numbers, "warm", "perSecond"),
            number(numbers, "warm", "changelogBytesPerSecond"),
            number(numbers, "warm", "changelogBytesPerThousandActivations")));
  }

  private static double number(String line, String part, String name) {
    Matcher matcher = NUMBER.matcher(line.substring(line.indexOf("\"" + part + "\"")));
    while (matcher.find()) {
      if (matcher.group(1).equals(name)) {
        return Double.parseDouble(matcher.group(2));
      }
    }
    throw new IllegalArgumentException("no " + name + " in " + line);
  }

  private void say(String line) {
    lines.add(line);
    System.out.println(line);
  }

  private void write() throws Exception {
    Path folder = Path.of(System.getProperty("results", "benchmarks/results"));
    Files.createDirectories(folder);
    Files.write(folder.resolve(LocalDate.now() + ".md"), lines);
  }
}
