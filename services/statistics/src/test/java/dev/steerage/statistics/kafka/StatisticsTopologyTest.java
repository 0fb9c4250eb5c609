package dev.steerage.statistics.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.message.DeadLetter;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.Histograms;
import dev.steerage.statistics.Recount;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsMetrics;
import dev.steerage.statistics.window.StateBudget;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real topology, step by step, without a broker.
class StatisticsTopologyTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId OTHER = new TenantId("other");
  private static final long START = 1_700_000_040_000L;

  @TempDir Path stateDir;

  private final StatisticsMetrics metrics = new StatisticsMetrics(new PrometheusRegistry());
  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> input;

  @BeforeEach
  void open() {
    open(StatisticsConfig.of("unused:1", stateDir));
  }

  private void open(StatisticsConfig config) {
    driver =
        new TopologyTestDriver(
            StatisticsTopology.build(
                config,
                metrics,
                new StateBudget(config.stateBytesMax()),
                tenant -> !tenant.name().equals("nobody")),
            StreamsSettings.of(config, 0),
            Instant.ofEpochMilli(START));
    input =
        driver.createInputTopic(
            Topics.HISTOGRAMS.name(), new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void shouldKeepItsDurableNames() {
    String described =
        StatisticsTopology.build(StatisticsConfig.of("b:1", stateDir)).describe().toString();
    // Lambdas have no stable name.
    assertThat(described.replaceAll("extractor class: [^)]*", "extractor").strip())
        .isEqualTo(
            """
            Topologies:
               Sub-topology: 0
                Source: histograms (topics: [steerage-internal.activations])
                  --> count-codes
                Processor: count-codes (stores: [code-counts])
                  --> clock, code-statistics, dead-letters
                  <-- histograms
                Sink: clock (topic: steerage-internal.activations)
                  <-- count-codes
                Sink: code-statistics (extractor)
                  <-- count-codes
                Sink: dead-letters (extractor)
                  <-- count-codes
            """
                .strip());
  }

  @Test
  void shouldWriteFinalStatisticsOncePerWindow() {
    pipe(
        Histograms.of("acme", "m", 0).positions(4).steered(3).add(0, 10, 2, 3).add(0, 10, 7, 1), 0);
    pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 10, 7, 1), 9_999);
    assertThat(statistics(ACME)).isEmpty();
    pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 10, 1, 1), 10_500);

    assertThat(statistics(ACME))
        .singleElement()
        .satisfies(
            record -> {
              assertThat(record.key()).isEqualTo("m/L0.mlp/10000/" + START);
              CodeStatistics window = record.value();
              assertThat(window.complete()).isTrue();
              assertThat(window.positions()).isEqualTo(5);
              assertThat(window.activations()).isEqualTo(5);
              assertThat(window.steeredActivations()).isEqualTo(3);
              assertThat(window.distinct()).isEqualTo(2);
              assertThat(window.drift()).isZero();
              assertThat(window.top())
                  .containsExactly(
                      new CodeStatistics.CodeCount(2, 3), new CodeStatistics.CodeCount(7, 2));
            });
  }

  @Test
  void shouldMeasureDriftFromTheWindowBefore() {
    pipe(Histograms.of("acme", "m", 0).positions(4).add(0, 10, 2, 4), 0);
    pipe(Histograms.of("acme", "m", 0).positions(4).add(0, 10, 9, 4), 10_000);
    pipe(Histograms.of("acme", "m", 0).positions(4).add(0, 10, 9, 4), 40_000);
    pipe(Histograms.of("acme", "m", 0).positions(4).add(0, 10, 9, 4), 70_000);

    List<CodeStatistics> small =
        statistics(ACME).stream()
            .map(TestRecord::value)
            .filter(window -> window.windowMs() == 10_000)
            .toList();
    // Nothing overlaps, then there is no window before.
    assertThat(small).extracting(CodeStatistics::drift).containsExactly(0.0, Math.log(2), 0.0);
  }

  @Test
  void shouldUpdateOpenWindowsOnceASecondWhileTheyChange() {
    pipe(Histograms.of("acme", "m", 0).positions(4).add(0, 10, 2, 4), 0);
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    assertThat(statistics(ACME))
        .hasSize(2)
        .allSatisfy(record -> assertThat(record.value().complete()).isFalse());
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    assertThat(statistics(ACME)).isEmpty();
    pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 10, 2, 1), 100);
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    assertThat(statistics(ACME))
        .hasSize(2)
        .allSatisfy(record -> assertThat(record.value().activations()).isEqualTo(5));
  }

  @Test
  void shouldCloseWindowsOfIdlePartitionByRecordsOfTheClockAndThenFallSilent() {
    pipe(Histograms.of("acme", "m", 0).positions(4).add(0, 10, 2, 4), 0);
    for (int second = 0; second < 180; second++) {
      driver.advanceWallClockTime(Duration.ofSeconds(1));
    }
    assertThat(statistics(ACME).stream().filter(record -> record.value().complete()))
        .extracting(record -> record.value().windowMs())
        .containsExactly(10_000L, 60_000L);
    // Two windows close and two are forgotten: no more records than that.
    assertThat(metrics.clockRecords()).isBetween(2L, 4L);
    long before = metrics.clockRecords();
    for (int second = 0; second < 60; second++) {
      driver.advanceWallClockTime(Duration.ofSeconds(1));
    }
    assertThat(metrics.clockRecords()).isEqualTo(before);
    assertThat(metrics.lateDroppedRecords()).isZero();
  }

  @Test
  void shouldCloseWindowsOfIdleTenantWhenAnotherTenantGoesOn() {
    pipe(Histograms.of("acme", "m", 0).positions(4).add(0, 10, 2, 4), 0);
    pipe(Histograms.of("other", "m", 0).positions(4).add(0, 10, 2, 4), 61_000);
    assertThat(statistics(ACME)).hasSize(2);
    assertThat(statistics(OTHER)).isEmpty();
  }

  @Test
  void shouldSendBadRecordsToTheirTenantsDeadLettersAndGoOn() {
    byte[] good = Histograms.of("acme", "m", 0).positions(1).add(0, 10, 2, 1).bytes();
    byte[] truncated = Arrays.copyOf(good, good.length - 1);
    byte[] random = new byte[200];
    new SplittableRandom(7).nextBytes(random);
    pipe("acme/m/0", truncated, 0);
    pipe("acme/m/0", random, 1);
    pipe("acme/m/0", null, 2);
    pipe("acme/other/0", good, 3);
    pipe("acme/m/0", good, 4);

    List<TestRecord<byte[], byte[]>> dead = deadLetters(ACME);
    assertThat(dead).hasSize(4);
    assertThat(dead)
        .extracting(record -> header(record, DeadLetter.REASON))
        .containsOnly(Optional.of("corrupt"));
    assertThat(dead.getFirst().value()).isEqualTo(truncated);
    assertThat(dead.getFirst().key()).isEqualTo(bytes("acme/m/0"));
    assertThat(header(dead.get(1), DeadLetter.SOURCE_OFFSET)).hasValue("1");
    assertThat(header(dead.get(1), DeadLetter.SOURCE_TOPIC)).hasValue(Topics.HISTOGRAMS.name());
    assertThat(metrics.rejectedRecords("corrupt")).isEqualTo(4);
    assertThat(metrics.activations()).isEqualTo(1);
  }

  @Test
  void shouldOnlyCountBadRecordsWithoutReadableOrKnownTenant() {
    pipe(null, new byte[] {1}, 0);
    pipe("", new byte[] {1}, 0);
    pipe("NOT A TENANT/m/0", new byte[] {1}, 0);
    pipe("nobody/m/0", new byte[] {1}, 0);
    assertThat(metrics.rejectedRecords("corrupt")).isEqualTo(4);
    assertThat(driver.producedTopicNames()).noneMatch(name -> name.endsWith("dead-letters"));
  }

  @Test
  void shouldCountTenantWithoutTopicsAndLeaveItsOutputsOut() {
    pipe(Histograms.of("nobody", "m", 0).positions(1).add(0, 10, 2, 1), 0);
    pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 10, 2, 1), 70_000);
    assertThat(metrics.activations()).isEqualTo(2);
    assertThat(driver.producedTopicNames()).noneMatch(name -> name.contains("nobody"));
  }

  @Test
  void shouldSendLateRecordToDeadLettersAndCountIt() {
    pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 10, 2, 1), 20_000);
    pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 10, 2, 1), 0);
    assertThat(metrics.lateDroppedRecords()).isEqualTo(1);
    assertThat(deadLetters(ACME)).hasSize(1);
  }

  @Test
  void shouldRefuseRecordsBeyondTheLimitOfState() {
    driver.close();
    open(StatisticsConfig.of("unused:1", stateDir).withStateBytesMax(1_000));
    pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 10_000, 2, 1), 0);
    pipe(Histograms.of("acme", "small", 0).positions(1).add(0, 10, 2, 1), 0);
    assertThat(deadLetters(ACME))
        .singleElement()
        .satisfies(record -> assertThat(header(record, DeadLetter.REASON)).hasValue("over-limit"));
    assertThat(metrics.activations()).isEqualTo(1);
  }

  @Test
  void shouldLogEveryCommitAsLittleAsItChanged() {
    for (int i = 0; i < 10; i++) {
      pipe(Histograms.of("acme", "m", 0).positions(1).add(0, 100_000, i * 1_000, 1), i);
    }
    // Ten commits of one code each: a few dozen bytes and the clock, never the codebook.
    assertThat(metrics.changelogBytes()).isLessThan(10 * 120);
  }

  @Test
  void shouldEqualRecountOfRandomTicksOfManyTenants() {
    SplittableRandom random = new SplittableRandom(42);
    Recount recount = new Recount(List.of(10_000L, 60_000L));
    long at = 0;
    for (int i = 0; i < 400; i++) {
      at += random.nextLong(1_500);
      Histograms record =
          Histograms.of(random.nextBoolean() ? "acme" : "other", "m", random.nextInt(3))
              .random(random, 4, 300, random.nextInt(1, 40));
      pipe(record, at);
      recount.add(record.decoded(), START + at);
    }
    pipe(Histograms.of("acme", "last", 0).positions(1).add(0, 1, 0, 1), at + 1_000_000);
    int windows = 0;
    for (TenantId tenant : List.of(ACME, OTHER)) {
      for (TestRecord<String, CodeStatistics> record : statistics(tenant)) {
        assertThat(record.value().complete()).isTrue();
        recount.check(tenant.name(), record.value());
        windows++;
      }
    }
    assertThat(windows).isEqualTo(recount.windows().size());
    assertThat(metrics.lateDroppedRecords()).isZero();
  }

  private void pipe(Histograms record, long afterStart) {
    pipe(record.key(), record.bytes(), afterStart);
  }

  private void pipe(String key, byte[] value, long afterStart) {
    input.pipeInput(key == null ? null : bytes(key), value, START + afterStart);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<TestRecord<String, CodeStatistics>> statistics(TenantId tenant) {
    return read(Topics.CODE_STATISTICS.of(tenant));
  }

  private List<TestRecord<byte[], byte[]>> deadLetters(TenantId tenant) {
    return read(Topics.DEAD_LETTERS.of(tenant));
  }

  private <K, V> List<TestRecord<K, V>> read(Topic<K, V> topic) {
    if (!driver.producedTopicNames().contains(topic.name())) {
      return List.of();
    }
    TestOutputTopic<K, V> output =
        driver.createOutputTopic(
            topic.name(), topic.key().deserializer(), topic.value().deserializer());
    return new ArrayList<>(output.readRecordsToList());
  }

  private static Optional<String> header(TestRecord<byte[], byte[]> record, String name) {
    return Optional.ofNullable(record.headers().lastHeader(name))
        .map(header -> new String(header.value(), StandardCharsets.UTF_8));
  }
}
