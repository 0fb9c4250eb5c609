package dev.steerage.statistics.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.MonitorEdge;
import dev.steerage.schemas.message.Observation;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.MonitorMetrics;
import dev.steerage.statistics.StatisticsConfig;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Monitors in the real topology, record by record, without a broker.
class MonitorTopologyTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long START = 1_700_000_040_000L;
  private static final String BAN = ",'then':{'do':[{'ban':['L0.mlp:7']}]}";

  @TempDir Path stateDir;

  private TopologyTestDriver driver;
  private TestInputTopic<byte[], byte[]> monitors;
  private TestInputTopic<byte[], byte[]> observations;

  @BeforeEach
  void open() {
    driver =
        new TopologyTestDriver(
            MonitorTopology.build(
                new MonitorMetrics(new PrometheusRegistry()),
                tenant -> !tenant.name().equals("nobody")),
            MonitorStreams.settings(StatisticsConfig.of("unused:1", stateDir)),
            Instant.ofEpochMilli(START));
    monitors = input(Topics.MONITORS.name());
    observations = input(Topics.OBSERVATIONS.name());
  }

  private TestInputTopic<byte[], byte[]> input(String topic) {
    return driver.createInputTopic(topic, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void shouldKeepItsDurableNames() {
    String described = MonitorTopology.build().describe().toString();
    assertThat(described.replaceAll("extractor class: [^)]*", "extractor").strip())
        .isEqualTo(
            """
            Topologies:
               Sub-topology: 0
                Source: monitors (topics: [steerage-internal.monitors])
                  --> evaluate-monitors
                Source: observations (topics: [steerage-internal.observations])
                  --> evaluate-monitors
                Processor: evaluate-monitors (stores: [accepted-monitors, monitor-states])
                  --> alerts, monitor-edges, observation-clock
                  <-- monitors, observations
                Sink: alerts (extractor)
                  <-- evaluate-monitors
                Sink: monitor-edges (topic: steerage-internal.monitor-edges)
                  <-- evaluate-monitors
                Sink: observation-clock (topic: steerage-internal.observations)
                  <-- evaluate-monitors
            """
                .strip());
  }

  @Test
  void shouldRaiseWithThePositionThatCrossesTheBoundAndClearBelowTheHysteresis() {
    put("'measure':{'share':['L0.mlp:7']},'above':0.4,'clear':0.1,'support':2", "tumbling", BAN);
    see(0, "r", 7, 1);
    assertThat(edges()).as("one position is no support").isEmpty();
    see(10, "r", 7, 1);
    assertThat(alerts())
        .singleElement()
        .satisfies(
            alert -> {
              assertThat(alert.kind()).isEqualTo("monitor");
              assertThat(alert.facts())
                  .containsEntry("edge", "raised")
                  .containsEntry("value", "0.5")
                  .containsEntry("request", "r")
                  .containsEntry("rule", "monitor:a");
            });
    assertThat(edges())
        .singleElement()
        .satisfies(
            edge ->
                assertThat(edge.change())
                    .isInstanceOfSatisfying(
                        RuleChange.RulePut.class,
                        put -> {
                          assertThat(put.rule().id()).isEqualTo("monitor:a");
                          assertThat(put.author()).isEqualTo("monitor:a");
                          assertThat(put.rule().match()).isEqualTo(Match.ALL);
                        }));
    // Between the two bounds nothing happens; below the lower one it clears.
    see(2_000, "r", 7, 1, 1, 1, 1, 1);
    assertThat(edges()).isEmpty();
    see(4_000, "r", 1, 1, 1, 1, 1, 1);
    assertThat(edges())
        .singleElement()
        .extracting(MonitorEdge::change)
        .isEqualTo(new RuleChange.RuleRemoved("monitor:a", "monitor:a"));
  }

  @Test
  void shouldForgetATenantWithItsMonitorsAndTheirStates() {
    put(
        "'measure':{'share':['L0.mlp:7']},'above':0.4,'support':2,'scope':'request'",
        "tumbling",
        "");
    see(0, "r", 7, 1);
    see(5, "r", 7, 1);
    assertThat(kept(MonitorProcessor.MONITORS)).anyMatch(key -> key.startsWith("acme/"));
    assertThat(kept(MonitorProcessor.STATES)).anyMatch(key -> key.startsWith("acme/"));
    assertThat(alerts()).as("raised").hasSize(1);

    observations.pipeInput(bytes(Topics.erasureKey(ACME)), new byte[0]);
    assertThat(kept(MonitorProcessor.MONITORS)).containsExactly(Topics.ERASURE);
    assertThat(kept(MonitorProcessor.STATES)).containsExactly(Topics.ERASURE);
    assertThat(alerts()).as("its topics are about to go").isEmpty();
    see(10, "r", 7, 7);
    assertThat(kept(MonitorProcessor.STATES)).containsExactly(Topics.ERASURE);
  }

  private List<String> kept(String store) {
    List<String> keys = new ArrayList<>();
    driver.<String, byte[]>getKeyValueStore(store).all().forEachRemaining(e -> keys.add(e.key));
    return keys;
  }

  @Test
  void shouldNotChangeFasterThanItsCoolDown() {
    put("'measure':{'share':['L0.mlp:7']},'above':0.5,'support':1", "tumbling", BAN);
    SplittableRandom random = new SplittableRandom(11);
    List<Long> times = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      see(100L * i, "r", random.nextBoolean() ? new int[] {7, 7} : new int[] {1, 1});
      edges().forEach(edge -> times.add(edge.atMs()));
    }
    assertThat(times).hasSizeGreaterThan(5);
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).isGreaterThanOrEqualTo(1_000);
    }
  }

  @Test
  void shouldRaiseARateAsSoonAsItIsProvedAndClearWhenTheWindowCloses() {
    put("'measure':{'rate':['L0.mlp:7']},'above':2.5,'clear':1,'support':1", "tumbling", "");
    see(0, "r", 7, 7);
    assertThat(alerts()).isEmpty();
    see(100, "r", 7, 1);
    assertThat(alerts()).singleElement().satisfies(alert -> edge(alert, "raised"));
    // The next window has one: a rate that may still grow clears nothing.
    see(1_200, "r", 7, 1);
    assertThat(alerts()).isEmpty();
    see(2_100, "r", 1, 1);
    assertThat(alerts()).singleElement().satisfies(alert -> edge(alert, "cleared"));
  }

  @Test
  void shouldRaiseAbsenceWhenAWindowClosesByItself() {
    put("'measure':{'absence':['L0.mlp:7']},'support':2", "tumbling", "");
    see(0, "r", 1, 1, 1, 1);
    assertThat(alerts()).isEmpty();
    // Nobody says anything more: the clock of the broker is asked for.
    driver.advanceWallClockTime(Duration.ofSeconds(2));
    driver.advanceWallClockTime(Duration.ofSeconds(1));
    assertThat(alerts()).singleElement().satisfies(alert -> edge(alert, "raised"));
    see(5_000, "r", 1, 7, 1, 1);
    assertThat(alerts()).singleElement().satisfies(alert -> edge(alert, "cleared"));
  }

  @Test
  void shouldKeepRequestsApartAndEndTheirRulesWithThem() {
    put(
        "'measure':{'share':['L0.mlp:7']},'above':0.4,'support':1,'scope':'request'",
        "tumbling",
        BAN);
    see(0, "calm", 1, 1);
    see(10, "burning", 7, 7);
    MonitorEdge raised = edges().getFirst();
    Match match = ((RuleChange.RulePut) raised.change()).rule().match();
    assertThat(match.request()).hasValue("burning");
    finish(20, "calm");
    assertThat(edges()).isEmpty();
    finish(30, "burning");
    assertThat(edges())
        .singleElement()
        .satisfies(edge -> assertThat(edge.change()).isInstanceOf(RuleChange.RuleRemoved.class));
  }

  @Test
  void shouldScopeBySessionAndByLabel() {
    put(
        "'measure':{'share':['L0.mlp:7']},'above':0.4,'support':2,'scope':'session'",
        "tumbling",
        BAN);
    put(
        "b",
        "'measure':{'share':['L0.mlp:7']},'above':0.4,'support':2,'scope':{'label':'app'}",
        "tumbling",
        BAN);
    see(0, "r1", Map.of(Observation.SESSION, "s"), 7, 7);
    see(10, "r2", Map.of(), 7, 7, 7, 7);
    assertThat(edges()).as("no session, no label").isEmpty();
    see(20, "r3", Map.of(Observation.SESSION, "s", Observation.LABEL_PREFIX + "app", "x"), 7, 7);
    assertThat(edges())
        .singleElement()
        .satisfies(
            edge ->
                assertThat(((RuleChange.RulePut) edge.change()).rule().match().session())
                    .hasValue("s"));
    see(30, "r4", Map.of(Observation.LABEL_PREFIX + "app", "x"), 7, 7);
    assertThat(edges())
        .singleElement()
        .satisfies(
            edge ->
                assertThat(((RuleChange.RulePut) edge.change()).rule().match().labels())
                    .isEqualTo(Map.of("app", "x")));
  }

  @Test
  void shouldSumHoppingWindowsAndEndSilentOnes() {
    put("'measure':{'distinct':'L0.mlp'},'above':4.5,'support':1", "hopping", "");
    put(
        "b",
        "'measure':{'coFiring':['L0.mlp:1'],'with':['L0.mlp:2']},'below':0.5,'support':2",
        "silence",
        "");
    see(0, "r", 1, 2);
    see(900, "r", 3, 4);
    assertThat(alerts()).isEmpty();
    // 900 is still in the window that ends at 2000 with a step of 500; 0 is not.
    see(1_600, "r", 5, 6);
    assertThat(alerts()).isEmpty();
    see(1_700, "r", 7, 8);
    assertThat(alerts()).singleElement().satisfies(alert -> edge(alert, "raised"));
    see(1_800, "r", 1, 9, 1, 9);
    assertThat(alerts())
        .singleElement()
        .satisfies(alert -> assertThat(alert.facts()).containsEntry("monitor", "b"));
  }

  @Test
  void shouldFindDriftFromItsOwnBaselineAndNoneWithoutIt() {
    put(
        "'measure':{'drift':'L0.mlp','baseline':400,'confidence':0.99},'support':100",
        "tumbling",
        "");
    SplittableRandom random = new SplittableRandom(7);
    long at = 0;
    for (int i = 0; i < 40; i++) {
      see(at++, "r", IntStream.range(0, 20).map(_ -> random.nextInt(20)).toArray());
    }
    int calm = 0;
    for (int window = 1; window <= 20; window++) {
      for (int i = 0; i < 10; i++) {
        see(
            window * 1_000L + i,
            "r",
            IntStream.range(0, 20).map(_ -> random.nextInt(20)).toArray());
      }
      calm += alerts().size();
    }
    // One in a hundred windows may; the seed is fixed.
    assertThat(calm).isLessThanOrEqualTo(2);
    for (int i = 0; i < 10; i++) {
      see(60_000 + i, "r", IntStream.range(0, 20).map(_ -> random.nextInt(10)).toArray());
    }
    see(61_000, "r", 1, 1);
    assertThat(alerts()).anySatisfy(alert -> edge(alert, "raised"));
  }

  @Test
  void shouldCountRequestsThatEndedForTheGuardsOfARollOut() {
    put("'measure':{'stops':{'rule':'x'}},'above':0.4,'support':2", "tumbling", "");
    put("b", "'measure':{'alerts':{}},'above':0.9,'support':3", "tumbling", "");
    finish(0, "r1", "stop", "x,y", 0);
    finish(10, "r2", "stop", "y", 1);
    assertThat(alerts()).as("the rule acted on one only").isEmpty();
    finish(20, "r3", "length", "x", 3);
    assertThat(alerts())
        .extracting(alert -> alert.facts().get("monitor") + "=" + alert.facts().get("value"))
        .containsExactly("a=0.5", "b=" + 4.0 / 3);
  }

  @Test
  void shouldCountHowPairsDivergeAndWhatRequestsLost() {
    put("'measure':{'divergence':{'rule':'x'}},'above':0.3,'support':2", "tumbling", "");
    put("b", "'measure':{'loss':{'rule':'x','percent':50}},'above':2,'support':2", "tumbling", "");
    put("c", "'measure':{'stops':{}},'above':0.7,'support':4", "tumbling", "");
    finish(0, "r1", "stop", "x", 0, Observation.PAIR, "2/10");
    finish(10, "r2", "stop", "y", 0, Observation.PAIR, "10/10");
    finish(20, "r3", "stop", "x", 0);
    score(30, "r1", "x", "30000000/10");
    score(40, "r2", "y", "90000000/10");
    assertThat(alerts()).as("one pair and one loss of the rule").isEmpty();
    finish(50, "r4", "length", "x", 0, Observation.PAIR, "6/10");
    score(60, "r4", "x", "10000000/6");
    assertThat(alerts())
        .extracting(alert -> alert.facts().get("monitor") + "=" + alert.facts().get("value"))
        .containsExactly("a=0.4", "c=0.75", "b=2.5");
  }

  @Test
  void shouldRemoveTheRuleWhenTheMonitorGoes() {
    put("'measure':{'share':['L0.mlp:7']},'above':0.4,'support':1", "tumbling", BAN);
    see(0, "r", 7, 7);
    assertThat(edges()).hasSize(1);
    // The same again changes nothing.
    put("'measure':{'share':['L0.mlp:7']},'above':0.4,'support':1", "tumbling", BAN);
    assertThat(edges()).isEmpty();
    monitors.pipeInput(bytes("acme/a"), null, START + 10);
    assertThat(edges())
        .singleElement()
        .satisfies(edge -> assertThat(edge.change()).isInstanceOf(RuleChange.RuleRemoved.class));
    see(20, "r", 7, 7);
    assertThat(edges()).isEmpty();
  }

  @Test
  void shouldSayWhenItCannotKeepUp() {
    put("'measure':{'rate':['L0.mlp:7']},'above':2.5,'support':1", "tumbling", "");
    driver.advanceWallClockTime(Duration.ofSeconds(30));
    see(1_000, "r", 1, 1);
    see(1_100, "r", 1, 1);
    assertThat(alerts())
        .singleElement()
        .satisfies(alert -> assertThat(alert.kind()).isEqualTo("monitor-lag"));
  }

  @Test
  void shouldGoOnAfterBadRecords() {
    monitors.pipeInput(bytes("acme/a"), bytes("{"), START);
    observations.pipeInput(bytes("acme"), new byte[] {1, 2, 3}, START);
    observations.pipeInput(bytes("NOT A TENANT"), new byte[] {1}, START);
    put("'measure':{'share':['L0.mlp:7']},'above':0.4,'support':1", "tumbling", BAN);
    observations.pipeInput(bytes("acme"), new byte[] {1, 2, 3}, START);
    see(0, "r", 7, 7);
    assertThat(edges()).hasSize(1);
  }

  private static void edge(Alert alert, String edge) {
    assertThat(alert.facts()).containsEntry("edge", edge);
  }

  private void put(String what, String window, String then) {
    put("a", what, window, then);
  }

  private void put(String id, String what, String window, String then) {
    String form =
        switch (window) {
          case "hopping" -> "{'hoppingMs':1500,'everyMs':500}";
          case "silence" -> "{'silenceMs':1000}";
          default -> "{'tumblingMs':1000}";
        };
    String json =
        ("{'monitor':'" + id + "','model':'m'," + what + ",'window':" + form)
            + (then + ",'coolDownMs':1000,'author':'ana'}");
    byte[] value = bytes(json.replace('\'', '"'));
    Monitor monitor = Topics.MONITORS.value().decode(value).value().orElseThrow();
    monitors.pipeInput(bytes("acme/" + id), Topics.MONITORS.value().encode(monitor), START);
  }

  private void see(long afterStart, String request, int... codes) {
    see(afterStart, request, Map.of(), codes);
  }

  private void see(long afterStart, String request, Map<String, String> headers, int... codes) {
    RecordHeaders all = new RecordHeaders();
    headers.forEach((name, value) -> all.add(name, bytes(value)));
    observations.pipeInput(
        new TestRecord<>(
            bytes("acme"),
            Observations.of("acme", request, 0, codes),
            all,
            Instant.ofEpochMilli(START + afterStart)));
  }

  private void finish(long afterStart, String request) {
    finish(afterStart, request, "length", "", 0);
  }

  /// What a request lost that ended before.
  private void score(long afterStart, String request, String acted, String loss) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(Observation.SCORED, bytes(request));
    headers.add(Observation.MODEL, bytes("m"));
    headers.add(Observation.ACTED, bytes(acted));
    headers.add(Observation.LOSS, bytes(loss));
    observations.pipeInput(
        new TestRecord<>(
            bytes("acme"), new byte[0], headers, Instant.ofEpochMilli(START + afterStart)));
  }

  /// @param more a further header, name and value
  private void finish(
      long afterStart, String request, String reason, String acted, int alerts, String... more) {
    RecordHeaders headers = new RecordHeaders();
    headers.add(Observation.FINISHED, bytes(request));
    headers.add(Observation.MODEL, bytes("m"));
    headers.add(Observation.REASON, bytes(reason));
    headers.add(Observation.ACTED, bytes(acted));
    headers.add(Observation.ALERTS, bytes(Integer.toString(alerts)));
    if (more.length > 0) {
      headers.add(more[0], bytes(more[1]));
    }
    observations.pipeInput(
        new TestRecord<>(
            bytes("acme"), new byte[0], headers, Instant.ofEpochMilli(START + afterStart)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private List<Alert> alerts() {
    return read(Topics.ALERTS.of(ACME));
  }

  private List<MonitorEdge> edges() {
    return read(Topics.MONITOR_EDGES);
  }

  private <K, V> List<V> read(Topic<K, V> topic) {
    if (!driver.producedTopicNames().contains(topic.name())) {
      return List.of();
    }
    TestOutputTopic<K, V> output =
        driver.createOutputTopic(
            topic.name(), topic.key().deserializer(), topic.value().deserializer());
    return output.readValuesToList();
  }
}
