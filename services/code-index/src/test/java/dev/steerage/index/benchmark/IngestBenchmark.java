package dev.steerage.index.benchmark;

import dev.steerage.index.store.BatchReader;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.KnownModel;
import dev.steerage.index.store.Origin;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/// How fast one core takes committed records into the index: decoding, counts, tokens fired on,
/// contexts and recent requests. Without Kafka and Aeron.
public final class IngestBenchmark {
  private static final int RUNS = 5;
  private static final int POSITIONS = 16;
  private static final long MIB = 1024 * 1024;
  private static final long LEAST_NS = 2_000_000_000L;

  private final Result result =
      new Result(
          "ingest",
          "activations taken by one core",
          "./mvnw -q -pl services/code-index -am -DskipTests -Pingest-benchmark package");

  // Where in a record its request is.
  private int requestAt;
  // Of the record that comes next.
  private int next;

  private IngestBenchmark() {}

  public static void main(String[] args) throws IOException {
    new IngestBenchmark().run();
  }

  private void run() throws IOException {
    result.line(
        "Records of %d positions, k = 8, 10,000 codes per site, tokens and half of the codes by"
            + " Zipf's law; %d runs of at least 2 s each after one that warms up; one thread.",
        POSITIONS, RUNS);
    result.line("");
    result.line(
        "| sites | counts limit MiB | million activations/s, median | least | most |"
            + " median per second on a processor | records of a run |");
    result.line("|---|---|---|---|---|---|---|");
    measure(16, 512, 2_000);
    measure(384, 2_048, 120);
    result.line("");
    result.line("To reach: 10 million activations per second and core with 16 sites.");
    result.write();
  }

  private void measure(int sites, long countsMib, int records) {
    var traffic = new Traffic("acme", sites, POSITIONS);
    List<UnsafeBuffer> encoded = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      encoded.add(new UnsafeBuffer(traffic.next()));
    }
    requestAt = requestAt(encoded.getFirst(), traffic.requestOf(0));
    next = 0;
    var index =
        new CodeIndex(
            IndexLimits.defaults().withBytes(countsMib * MIB, 32 * MIB), new IndexMetrics());
    index.modelSeen(new KnownModel(traffic.shape(), Traffic.HASH));
    var reader = new BatchReader(index);
    double[] rates = new double[RUNS];
    double[] perCpu = new double[RUNS];
    long taken = 0;
    run(traffic, index, reader, encoded);
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      long startCpu = cpuNs();
      taken = 0;
      while (System.nanoTime() - start < LEAST_NS) {
        taken += run(traffic, index, reader, encoded);
      }
      double activations = taken * traffic.activationsPerRecord() * 1e3;
      rates[run] = activations / (System.nanoTime() - start);
      perCpu[run] = activations / (cpuNs() - startCpu);
    }
    Arrays.sort(rates);
    Arrays.sort(perCpu);
    result.line(
        "| %d | %d | %.2f | %.2f | %.2f | %.2f | %,d |",
        sites, countsMib, rates[RUNS / 2], rates[0], rates[RUNS - 1], perCpu[RUNS / 2], taken);
  }

  /// Time of this thread on a processor: what others take from it does not count.
  private static long cpuNs() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static int requestAt(UnsafeBuffer record, String request) {
    int at = 0;
    while (!record.getStringWithoutLengthAscii(at, request.length()).equals(request)) {
      at++;
    }
    return at;
  }

  /// All records once, each time of requests that were never there before.
  private int run(
      Traffic traffic, CodeIndex index, BatchReader reader, List<UnsafeBuffer> encoded) {
    for (UnsafeBuffer record : encoded) {
      record.putStringWithoutLengthAscii(requestAt, traffic.requestOf(next++));
      var refusal = reader.read(record, 0, record.capacity());
      if (refusal.isPresent()) {
        throw new IllegalStateException(refusal.get());
      }
      index.committed(
          "acme", reader.model(), reader.batch(), new Origin(1_000 + next / 10, next, 0));
    }
    return encoded.size();
  }
}
