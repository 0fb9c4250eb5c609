package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.cli.CliException;
import dev.steerage.cli.command.RuleCommand;
import dev.steerage.cli.label.ModelEndpoint;
import dev.steerage.cli.label.ModelLabeller;
import dev.steerage.cli.label.Passage;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TopicReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/// `steerage up` from the outside, through plain Kafka clients.
@Timeout(240)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UpSystemTest {

  private static final Duration SOON = Duration.ofSeconds(30);
  private static final TenantId TENANT = TenantId.DEFAULT;
  private static final String PLAIN = "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":24}";
  private static final String PACED =
      "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":100,\"pace\":25}";
  // Any code of the first MLP, at every generated token: the test is about when, not about what.
  private static final String RULE =
      "{\"rule\":\"from-now-on\",\"model\":\"tokfsm\",\"match\":{\"request\":\"running\"},"
          + "\"when\":{\"phase\":\"generation\"},\"do\":[{\"activate\":[\"L1.mlp:7\"]}],"
          + "\"author\":\"system-test\"}";

  // Every walk visits more states than that: the test is about the way there and back.
  private static final String MONITOR =
      "{\"monitor\":\"many\",\"model\":\"tokfsm\",\"measure\":{\"distinct\":\"L1.mlp\"},\"above\":3,"
          + "\"window\":{\"tumblingMs\":60000},\"scope\":\"request\",\"support\":5,"
          + "\"then\":{\"when\":{\"phase\":\"generation\"},\"do\":[{\"activate\":[\"L1.mlp:7\"]}]},"
          + "\"author\":\"system-test\"}";

  private ScratchFolder data;
  private UpProcess up;

  @BeforeAll
  void start() {
    data = ScratchFolder.create();
    up = UpProcess.start(data.path());
  }

  @AfterAll
  void stop() {
    up.close();
    data.close();
  }

  @Test
  @Order(1)
  void shouldAnswerPromptOfPlainClient() {
    try (var requests = Requests.connect(up.bootstrap())) {
      requests.prompt("plain", PLAIN);

      Completion.Finished finished = requests.awaitFinished("plain", SOON);

      assertThat(finished.reason()).isEqualTo(Completion.Reason.LENGTH);
      assertThat(requests.tokens("plain")).hasSize(24);
      assertThat(text(requests.tokens("plain"))).matches("[0-9]{24}");
    }
  }

  @Test
  @Order(2)
  void shouldGiveSameTokensForSamePrompt() {
    try (var requests = Requests.connect(up.bootstrap())) {
      requests.prompt("again", PLAIN);
      requests.awaitFinished("again", SOON);
      requests.awaitFinished("plain", SOON);

      assertThat(ids(requests.tokens("again"))).isEqualTo(ids(requests.tokens("plain")));
    }
  }

  @Test
  @Order(3)
  void shouldShowSameTokensToUncommittedReaderThatDropsDuplicates() {
    try (var requests = Requests.connect(up.bootstrap());
        var uncommitted = TopicReader.uncommitted(up.bootstrap(), Topics.COMPLETIONS.of(TENANT))) {
      requests.awaitFinished("plain", SOON);
      var byIndex = new TreeMap<Integer, Integer>();
      uncommitted.toEnd().stream()
          .map(record -> record.value())
          .filter(event -> event instanceof Completion.Tokens && event.request().equals("plain"))
          .flatMap(event -> ((Completion.Tokens) event).tokens().stream())
          .forEach(token -> byIndex.putIfAbsent(token.index(), token.id()));

      assertThat(List.copyOf(byIndex.values())).isEqualTo(ids(requests.tokens("plain")));
    }
  }

  @Test
  @Order(4)
  void shouldSteerRunningRequestFromAcknowledgedTokenOn() {
    try (var requests = Requests.connect(up.bootstrap());
        var acks = TopicReader.committed(up.bootstrap(), Topics.RULE_ACKS.of(TENANT))) {
      requests.prompt("running", PACED);
      requests.awaitToken("running", 5, SOON);

      long revision = requests.rule("from-now-on", RULE);
      RuleAck applied =
          acks.await(
                  "applied",
                  SOON,
                  ack ->
                      ack.value().kind() == RuleAck.Kind.APPLIED
                          && ack.value().subject().equals("from-now-on"))
              .value();
      requests.awaitFinished("running", SOON);

      int first = applied.tokenIndex().orElseThrow();
      List<Completion.Token> tokens = requests.tokens("running");
      assertThat(applied.revision()).isEqualTo(revision);
      assertThat(applied.request()).contains("running");
      assertThat(first).isBetween(6, 99);
      assertThat(tokens.subList(0, first))
          .allSatisfy(token -> assertThat(token.revision()).isLessThan(revision))
          .noneMatch(Completion.Token::steered);
      assertThat(tokens.subList(first, tokens.size()))
          .allSatisfy(token -> assertThat(token.revision()).isEqualTo(revision))
          .allMatch(Completion.Token::steered);
    }
  }

  @Test
  @Order(5)
  void shouldCountActivationsOfEverySite() {
    try (var statistics =
        TopicReader.committed(up.bootstrap(), Topics.CODE_STATISTICS.of(TENANT))) {
      var counted =
          statistics
              .await(
                  "statistics of tokfsm",
                  SOON,
                  record ->
                      record.value().model().equals("tokfsm")
                          && record.value().site().equals("L1.mlp")
                          && record.value().positions() > 0)
              .value();

      assertThat(counted.activations()).isPositive();
      assertThat(counted.distinct()).isPositive();
      assertThat(counted.top()).isNotEmpty();
    }
  }

  @Test
  @Order(6)
  void shouldSteerByAMonitorAndTakeTheRuleBackWhenTheRequestEnds() {
    try (var requests = Requests.connect(up.bootstrap());
        var acks = TopicReader.committed(up.bootstrap(), Topics.RULE_ACKS.of(TENANT));
        var alerts = TopicReader.committed(up.bootstrap(), Topics.ALERTS.of(TENANT));
        var rules = TopicReader.committed(up.bootstrap(), Topics.RULES.of(TENANT))) {
      requests.rule("many", MONITOR);
      acks.await("monitor accepted", SOON, ack -> ack.value().subject().equals("many"));
      requests.prompt("watched", PACED);

      var put =
          rules.await(
              "rule of the monitor", SOON, rule -> rule.value().author().equals("monitor:many"));
      RuleAck applied =
          acks.await(
                  "applied",
                  SOON,
                  ack ->
                      ack.value().kind() == RuleAck.Kind.APPLIED
                          && ack.value().subject().equals(put.key()))
              .value();
      requests.awaitFinished("watched", SOON);
      rules.await(
          "removal",
          SOON,
          rule -> rule.value() instanceof RuleChange.RuleRemoved && rule.key().equals(put.key()));

      assertThat(applied.revision()).isEqualTo(put.offset());
      assertThat(applied.request()).contains("watched");
      List<Completion.Token> tokens = requests.tokens("watched");
      int first = applied.tokenIndex().orElseThrow();
      assertThat(first).isBetween(1, 99);
      assertThat(tokens.subList(0, first)).noneMatch(Completion.Token::steered);
      assertThat(tokens.subList(first, tokens.size())).allMatch(Completion.Token::steered);
      assertThat(alerts.toEnd())
          .filteredOn(alert -> alert.value().kind().equals("monitor"))
          .extracting(alert -> alert.value().facts().get("edge"))
          .containsExactly("raised", "ended");
      assertThat(rules.toEnd())
          .filteredOn(rule -> rule.value().author().equals("monitor:many"))
          .hasSize(2);
      requests.rule("many", "{\"removeMonitor\":\"many\",\"author\":\"system-test\"}");
    }
  }

  /// The protocol, by the system's own gateway; what a model of this size says is worth nothing.
  @Test
  @Order(7)
  void shouldTakeALabelFromAnOpenAiCompatibleEndpoint() {
    List<Passage> firing =
        IntStream.range(0, 4).mapToObj(_ -> new Passage("the ", "cat", " sat")).toList();
    List<Passage> other =
        IntStream.range(0, 2).mapToObj(_ -> new Passage("a big ", "tree", " fell")).toList();
    try (var endpoint =
        new ModelEndpoint(URI.create(up.console() + "v1"), "stories", Optional.empty(), SOON)) {
      ModelLabeller.Labelled label = new ModelLabeller(endpoint).label(firing, other);

      assertThat(label.text()).isNotBlank().hasSizeLessThanOrEqualTo(200);
      assertThat(label.score()).isBetween(0.0, 1.0);
    }
    try (var endpoint =
        new ModelEndpoint(URI.create(up.console() + "v1"), "nobody", Optional.empty(), SOON)) {
      assertThatThrownBy(() -> new ModelLabeller(endpoint).label(firing, other))
          .isInstanceOf(CliException.class)
          .hasMessageContaining("status=404");
    }
  }

  @Test
  @Order(8)
  void shouldLeaveNothingBehindWhenStopped() {
    var aeron = up.aeronFolder();
    var process = ProcessHandle.of(up.child().pid()).orElseThrow();
    assertThat(aeron).isDirectory();
    assertThat(data.path().resolve("running.json")).exists();

    up.child().terminate();

    assertThat(process.isAlive()).isFalse();
    assertThat(Files.exists(aeron)).as("media driver folder").isFalse();
    assertThat(data.path().resolve("running.json")).doesNotExist();
  }

  @Test
  @Order(9)
  void shouldKeepEverythingAcrossRestart() {
    String address = up.bootstrap();
    up = UpProcess.start(data.path());

    assertThat(up.bootstrap()).isEqualTo(address);
    try (var requests = Requests.connect(address)) {
      assertThat(requests.tokens("plain")).hasSize(24);
      requests.prompt("after-restart", PLAIN);
      requests.awaitFinished("after-restart", SOON);
      assertThat(ids(requests.tokens("after-restart"))).isEqualTo(ids(requests.tokens("plain")));
    }
  }

  @Test
  @Order(10)
  void shouldWaitUntilEveryWorkerHasTakenTheNewestRevision() {
    try (var requests = Requests.connect(up.bootstrap())) {
      long revision = requests.rule("fenced", RULE.replace("from-now-on", "fenced"));
      int partitions = Topics.work("tokfsm").settings().partitions();
      var out = new StringWriter();
      int status =
          new CommandLine(new RuleCommand())
              .setOut(new PrintWriter(out))
              .execute("fence", "--json", "--bootstrap", up.bootstrap());

      assertThat(status).isZero();
      assertThat(out.toString().lines())
          .hasSize(2)
          .allMatch(line -> line.contains("\"partitions\":" + partitions))
          .allMatch(line -> line.contains("\"revision\":" + revision))
          .anyMatch(line -> line.contains("\"model\":\"tokfsm\""));
    }
  }

  private static List<Integer> ids(List<Completion.Token> tokens) {
    return tokens.stream().map(Completion.Token::id).toList();
  }

  private static String text(List<Completion.Token> tokens) {
    return tokens.stream().map(Completion.Token::text).collect(Collectors.joining());
  }
}
