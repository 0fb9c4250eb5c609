package dev.steerage.index.benchmark;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.index.IdleProfile;
import dev.steerage.index.IndexConfig;
import dev.steerage.index.IndexService;
import dev.steerage.index.snapshot.SnapshotSettings;
import dev.steerage.index.store.IndexLimits;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.aeron.IndexClientConfig;
import dev.steerage.schemas.index.IndexDigest;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// How long an index takes to know everything that is on Kafka, from nothing and from a snapshot,
/// and whether it then knows what the one knows that was there all the time.
public final class RebuildBenchmark {
  private static final int SITES = 16;
  private static final int POSITIONS = 16;
  private static final int RECORDS = 20_000;
  private static final int RUNS = 5;
  private static final long MIB = 1024 * 1024;
  private static final Duration DEADLINE = Duration.ofMinutes(10);
  private static final Duration NEVER = Duration.ofHours(1);

  private final Result result =
      new Result(
          "rebuild",
          "an index from what is on Kafka",
          "./mvnw -q -pl services/code-index -am -DskipTests -Prebuild-benchmark package");
  private final ScratchFolder folder = ScratchFolder.create();
  private final AtomicInteger started = new AtomicInteger();
  private final TestBroker broker;
  private final TenantId tenant;
  private final Traffic traffic;

  private RebuildBenchmark(TestBroker broker) {
    this.broker = broker;
    tenant = broker.newTenant();
    traffic = new Traffic(tenant.name(), SITES, POSITIONS);
  }

  public static void main(String[] args) throws IOException {
    try (var broker = TestBroker.start(List.of())) {
      new RebuildBenchmark(broker).run();
    }
    System.exit(0);
  }

  private void run() throws IOException {
    broker.send(Topics.MODELS, traffic.shape().model(), traffic.card());
    result.line(
        "%,d records of %d positions, %d sites, k = 8, 10,000 codes: %,d activations in one broker"
            + " in this JVM; the index reads from the network of this host.",
        RECORDS, POSITIONS, SITES, RECORDS * traffic.activationsPerRecord());
    result.line("");
    var snapshots = new SnapshotSettings(folder.path().resolve("index"), NEVER);
    IndexDigest live;
    Path aeron = nextAeron();
    try (var index = IndexService.start(config(aeron).withSnapshots(snapshots))) {
      produce();
      await(index, RECORDS);
      live = digest(aeron);
    }
    result.line(
        "| begins with | seconds, median | least | most | million activations/s | digest |");
    result.line("|---|---|---|---|---|---|");
    report("nothing", Optional.empty(), live);
    report("a snapshot", Optional.of(snapshots), live);
    result.line("");
    result.line(
        "Seconds are from the start of the index to the last record. To reach: 2 million"
            + " activations per second from nothing; the digest of the index that was there while"
            + " the records came.");
    result.write();
    folder.close();
  }

  private Path nextAeron() {
    return folder.path().resolve("aeron-" + started.incrementAndGet());
  }

  private IndexConfig config(Path aeron) {
    return IndexConfig.of(broker.bootstrap(), aeron)
        .withIdle(IdleProfile.BALANCED)
        .withLimits(IndexLimits.defaults().withBytes(256 * MIB, 32 * MIB));
  }

  private void produce() {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", 5, "batch.size", 512 * 1024);
    String topic = Topics.ACTIVATIONS.of(tenant).name();
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        String request = traffic.request();
        producer.send(new ProducerRecord<>(topic, request, traffic.next()));
      }
      producer.flush();
    }
  }

  private static void await(IndexService index, int records) {
    Await.until(
        records + " records",
        DEADLINE,
        () -> index.metric(IndexMetric.COMMITTED_RECORDS) >= records);
  }

  private static IndexDigest digest(Path aeron) {
    try (var client = new IndexClient(IndexClientConfig.of(aeron))) {
      Await.until("catch-up", DEADLINE, () -> client.status(Optional.empty()).caughtUp());
      return client.digest(Optional.empty());
    }
  }

  private void report(String from, Optional<SnapshotSettings> snapshots, IndexDigest live) {
    List<Double> seconds = new ArrayList<>();
    boolean isSame = true;
    for (int run = 0; run <= RUNS; run++) {
      Path aeron = nextAeron();
      IndexConfig config = snapshots.map(config(aeron)::withSnapshots).orElse(config(aeron));
      long start = System.nanoTime();
      try (var index = IndexService.start(config)) {
        if (snapshots.isEmpty()) {
          await(index, RECORDS);
          seconds.add((System.nanoTime() - start) / 1e9);
          isSame &= digest(aeron).sha256().equals(live.sha256());
        } else {
          isSame &= digest(aeron).sha256().equals(live.sha256());
          seconds.add((System.nanoTime() - start) / 1e9);
        }
      }
    }
    // The first one warms up.
    seconds.removeFirst();
    Collections.sort(seconds);
    result.line(
        "| %s | %.2f | %.2f | %.2f | %s | %s |",
        from,
        seconds.get(RUNS / 2),
        seconds.getFirst(),
        seconds.getLast(),
        snapshots.isEmpty()
            ? "%.2f"
                .formatted(RECORDS * traffic.activationsPerRecord() / seconds.get(RUNS / 2) / 1e6)
            : "–",
        isSame ? "the same" : "**another**");
  }
}
