package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Observation;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.TopicReader;
import dev.steerage.testkit.WithBroker;
import dev.steerage.worker.Bench.PromptBuilder;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Rules as records that any Kafka client can write, and what becomes of them.
@WithBroker
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RuleLanguageIT {
  private TestBroker broker;
  private WorkerService worker;

  @BeforeAll
  void start(TestBroker started) {
    broker = started;
    broker.provision(Topics.ofModel("tokfsm"));
    worker = WorkerService.start(Bench.config(broker, "alpha"));
  }

  @AfterAll
  void stop() {
    worker.close();
  }

  /// @param json single quotes for double ones
  private long write(Bench bench, String id, String json) {
    byte[] value = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    byte[] key = id.getBytes(StandardCharsets.UTF_8);
    return broker
        .send(new ProducerRecord<>(Topics.RULES.of(bench.tenant()).name(), key, value))
        .offset();
  }

  private Alert alert(Bench bench, String kind) {
    try (TopicReader<String, Alert> alerts = broker.read(Topics.ALERTS.of(bench.tenant()))) {
      return alerts
          .await("an alert", Bench.DEADLINE, record -> record.value().kind().equals(kind))
          .value();
    }
  }

  @Test
  void shouldRunAnUnsteeredTwinBesideARequestAndSayHowTheyDiffer() {
    try (var bench = new Bench(broker)) {
      long revision =
          write(
              bench,
              "late",
              "{'rule': 'late', 'model': 'tokfsm', 'author': 'ana', 'when': {'positions': {'from':"
                  + " 8}}, 'do': [{'activate': ['L2.mlp:11'], 'slots': 'all'}, {'activate':"
                  + " ['L3.mlp:5'], 'slots': 'all'}]}");
      bench.prompt("both", sampled(revision).paired());
      bench.prompt("steered", sampled(revision));
      bench.prompt("unsteered", sampled(revision).withoutStandingRules());
      for (String request : List.of("both", "steered", "unsteered")) {
        assertThat(bench.finished(request).reason()).isEqualTo(Completion.Reason.LENGTH);
      }

      List<Completion.Token> steered = bench.tokens("both");
      List<Completion.PairedToken> twin = bench.twin("both");
      assertThat(steered).isEqualTo(bench.tokens("steered"));
      assertThat(twin)
          .extracting(Completion.PairedToken::id)
          .containsExactlyElementsOf(
              bench.tokens("unsteered").stream().map(Completion.Token::id).toList());
      assertThat(twin)
          .allSatisfy(
              token -> {
                assertThat(token.differs())
                    .isEqualTo(token.id() != steered.get(token.index()).id());
                assertThat(token.codes()).isPresent();
                assertThat(token.divergence()).isPresent();
              });
      // Before its first position the rule changes nothing, not a bit.
      assertThat(twin.subList(0, 5))
          .allSatisfy(
              token -> {
                assertThat(token.differs()).isFalse();
                assertThat(token.codes()).hasValue(0);
                assertThat(token.divergence()).hasValue(0);
              });
      assertThat(twin).anySatisfy(token -> assertThat(token.codes().getAsDouble()).isPositive());
      assertThat(twin).anySatisfy(token -> assertThat(token.differs()).isTrue());
      assertThat(bench.finished("both").costs())
          .singleElement()
          .satisfies(
              cost -> {
                assertThat(cost.rule()).isEqualTo("late");
                // From position 8 to the one that chose the last token.
                assertThat(cost.positions()).isEqualTo(2 + 40 - 8);
                assertThat(cost.slots()).isGreaterThan(cost.positions());
                assertThat(cost.micros()).isPositive();
              });
      assertThat(bench.finished("unsteered").costs()).isEmpty();
      assertThat(bench.halfEnds("both"))
          .extracting(Completion.HalfEnd::half)
          .containsExactlyInAnyOrder(Completion.Half.STEERED, Completion.Half.UNSTEERED);
    }
  }

  private static PromptBuilder sampled(long revision) {
    return new PromptBuilder().text("12").fence(revision, 20_000).maxTokens(40).sampled(7);
  }

  @Test
  void shouldLetTheTwinGoOnWhereARuleStopsTheSteeredHalf() {
    try (var bench = new Bench(broker)) {
      long revision =
          write(
              bench,
              "four",
              "{'rule': 'four', 'model': 'tokfsm', 'author': 'ana', 'when': {'after': {'text':"
                  + " '[0-9]{4}'}}, 'do': [{'stop': true}, {'tag': 'short'}]}");
      bench.prompt("r", sampled(revision).paired());

      Completion.Finished end = bench.finished("r");

      assertThat(end.reason()).isEqualTo(Completion.Reason.STOP);
      assertThat(end.completionTokens()).isEqualTo(3);
      assertThat(end.tags()).containsExactly("short");
      assertThat(bench.tokens("r")).hasSize(3);
      assertThat(bench.twin("r")).hasSize(40);
      assertThat(bench.twin("r").subList(3, 40))
          .allSatisfy(
              token -> {
                assertThat(token.differs()).isTrue();
                assertThat(token.codes()).isEmpty();
              });
      assertThat(bench.halfEnds("r"))
          .extracting(Completion.HalfEnd::half, Completion.HalfEnd::reason)
          .containsExactly(
              tuple(Completion.Half.STEERED, Completion.Reason.STOP),
              tuple(Completion.Half.UNSTEERED, Completion.Reason.LENGTH));
    }
  }

  @Test
  void shouldEndBothHalvesWhereARequestIsCancelled() {
    try (var bench = new Bench(broker)) {
      bench.prompt("r", new PromptBuilder().maxTokens(100).pace(20).paired());
      bench.token("r", 3);
      bench.command(
          new Command(
              Command.VERSION,
              Optional.of("c"),
              "r",
              Command.Kind.CANCEL,
              OptionalLong.empty(),
              List.of(),
              ""));

      assertThat(bench.finished("r").reason()).isEqualTo(Completion.Reason.CANCELLED);

      int tokens = bench.tokens("r").size();
      assertThat(bench.twin("r")).hasSizeBetween(tokens - 1, tokens);
      assertThat(bench.halfEnds("r"))
          .extracting(Completion.HalfEnd::reason)
          .containsExactly(Completion.Reason.CANCELLED, Completion.Reason.CANCELLED);
    }
  }

  @Test
  void shouldSayWhatTheUnsteeredModelLosesOnSteeredAndOnPlainText() {
    try (var bench = new Bench(broker)) {
      write(
          bench,
          "shift",
          "{'rule': 'shift', 'model': 'tokfsm', 'author': 'ana', 'match': {'request': 'steered'},"
              + " 'do': [{'activate': ['L2.mlp:11'], 'slots': 'all'}]}");
      long revision =
          write(
              bench,
              "monitor:losing",
              "{'monitor': 'losing', 'model': 'tokfsm', 'author': 'ana', 'above': 2,"
                  + " 'measure': {'loss': {'percent': 100}}, 'window': {'tumblingMs': 60000}}");
      bench.prompt("steered", sampled(revision));
      bench.prompt("plain", sampled(revision));
      for (String request : List.of("steered", "plain")) {
        bench.finished(request);
        List<Integer> all = new ArrayList<>(bench.started(request).getFirst().promptTokens());
        int prompt = all.size();
        bench.tokens(request).forEach(token -> all.add(token.id()));
        bench.prompt(
            request + "-read",
            new PromptBuilder().tokens(all).maxTokens(1).promptLogprobs().withoutStandingRules());
        bench.finished(request + "-read");
        double lossNats =
            -bench.promptTokens(request + "-read").stream()
                .skip(prompt)
                .mapToDouble(token -> token.logprob().getAsDouble())
                .sum();

        String[] loss = loss(bench, request).split("/");

        assertThat(loss[1]).isEqualTo("40");
        assertThat(Long.parseLong(loss[0]) / 1e6).isCloseTo(lossNats, within(1e-3));
      }
    }
  }

  /// Of a request of the tenant, from what monitors are shown.
  private String loss(Bench bench, String request) {
    try (TopicReader<String, byte[]> shown = broker.read(Topics.OBSERVATIONS)) {
      var record =
          shown.await(
              "the loss of " + request,
              Bench.DEADLINE,
              each ->
                  each.key().equals(bench.tenant().name())
                      && request.equals(header(each, Observation.SCORED)));
      return header(record, Observation.LOSS);
    }
  }

  private static String header(ConsumerRecord<String, byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  @Test
  void shouldEndTagAndReportARequestWhoseTextMatches() {
    try (var bench = new Bench(broker)) {
      long revision =
          write(
              bench,
              "six",
              "{'rule': 'six', 'model': 'tokfsm', 'author': 'ana',"
                  + " 'when': {'phase': 'generation', 'after': {'text': '[0-9]{6}'}},"
                  + " 'do': [{'stop': true}, {'tag': 'long'},"
                  + " {'alert': {'severity': 'critical', 'message': 'six digits'}}]}");
      bench.prompt("r", new PromptBuilder().text("12").fence(revision, 20_000).maxTokens(30));
      Completion.Finished end = bench.finished("r");
      assertThat(end.reason()).isEqualTo(Completion.Reason.STOP);
      assertThat(end.detail()).contains("stopped by rule six");
      assertThat(end.tags()).containsExactly("long");
      // Two digits of the prompt and four tokens; the one chosen while the sixth is read is the
      // last.
      assertThat(end.completionTokens()).isEqualTo(5);
      Alert alert = alert(bench, "rule");
      assertThat(alert.severity()).isEqualTo("critical");
      assertThat(alert.facts())
          .containsEntry("rule", "six")
          .containsEntry("author", "ana")
          .containsEntry("tokenIndex", "4");
      assertThat(alert.atMs()).isPositive();
      assertThat(Replays.run(broker, bench.tenant(), "r")).isZero();
    }
  }

  @Test
  void shouldNameBothAuthorsWhereRulesWantOneSlot() {
    try (var bench = new Bench(broker)) {
      String rule =
          "{'rule': '%s', 'model': 'tokfsm', 'author': '%s', 'priority': %d,"
              + " 'do': [{'activate': ['L2.mlp:%d'], 'slots': 0}]}";
      write(bench, "one", rule.formatted("one", "ana", 5, 7));
      long revision = write(bench, "two", rule.formatted("two", "ben", 2, 8));
      bench.prompt("r", new PromptBuilder().fence(revision, 20_000));
      bench.finished("r");
      Alert alert = alert(bench, "slot-conflict");
      assertThat(alert.facts())
          .containsEntry("loser", "two")
          .containsEntry("loserAuthor", "ben")
          .containsEntry("winner", "one")
          .containsEntry("winnerAuthor", "ana")
          .containsEntry("code", "L2.mlp:8");
      try (TopicReader<String, Alert> alerts = broker.read(Topics.ALERTS.of(bench.tenant()))) {
        assertThat(alerts.toEnd()).hasSize(1);
      }
    }
  }

  @Test
  void shouldRecordTheTokenAtWhichTheTimeOfARuleWasOver() {
    try (var bench = new Bench(broker)) {
      long timeMs = System.currentTimeMillis() + 3_000;
      long revision =
          write(
              bench,
              "brief",
              "{'rule': 'brief', 'model': 'tokfsm', 'author': 'ana',"
                  + " 'do': [{'activate': ['L2.mlp:11']}], 'until': {'timeMs': "
                  + timeMs
                  + "}}");
      PromptBuilder prompt = new PromptBuilder().fence(revision, 20_000).maxTokens(60);
      bench.prompt("r", prompt.pace(12));
      RuleAck lapsed = bench.ack("lapsed", ack -> ack.kind() == RuleAck.Kind.LAPSED);
      assertThat(bench.finished("r").reason()).isEqualTo(Completion.Reason.LENGTH);
      int at = lapsed.tokenIndex().orElseThrow();
      assertThat(at).isBetween(1, 59);
      assertThat(lapsed.revision()).isEqualTo(revision);
      List<Boolean> steered = bench.tokens("r").stream().map(Completion.Token::steered).toList();
      assertThat(steered.subList(0, at)).containsOnly(true);
      assertThat(steered.subList(at, 60)).containsOnly(false);
      StringWriter out = new StringWriter();
      assertThat(Replays.run(out, broker, bench.tenant(), "r")).as("%s", out).isZero();

      bench.prompt("late", new PromptBuilder().fence(revision, 20_000));
      bench.finished("late");
      assertThat(bench.tokens("late")).noneMatch(Completion.Token::steered);
      RuleAck whole = bench.ack("lapsed", ack -> ack.request().filter("late"::equals).isPresent());
      assertThat(whole.kind()).isEqualTo(RuleAck.Kind.LAPSED);
      assertThat(whole.tokenIndex()).isEmpty();
    }
  }

  @Test
  void shouldRunARequestWithoutStandingRulesAsIfThereWereNone() {
    try (var bench = new Bench(broker)) {
      bench.prompt("before", new PromptBuilder().maxTokens(20));
      bench.finished("before");
      long revision =
          write(
              bench,
              "push",
              "{'rule': 'push', 'model': 'tokfsm', 'author': 'ana',"
                  + " 'do': [{'activate': ['L0.mlp:7'], 'slots': 'all'},"
                  + " {'activate': ['L3.mlp:7'], 'slots': 'all'}]}");
      var fenced = new PromptBuilder().maxTokens(20).fence(revision, 20_000);
      bench.prompt("steered", fenced);
      bench.prompt("unsteered", fenced.withoutStandingRules());
      bench.finished("steered");
      bench.finished("unsteered");
      assertThat(bench.tokens("steered")).allMatch(Completion.Token::steered);
      List<Completion.Token> unsteered = bench.tokens("unsteered");
      assertThat(unsteered).noneMatch(Completion.Token::steered);
      assertThat(unsteered).allMatch(token -> token.revision() == revision);
      assertThat(unsteered.stream().map(Completion.Token::logprob).toList())
          .isEqualTo(bench.tokens("before").stream().map(Completion.Token::logprob).toList())
          .isNotEqualTo(bench.tokens("steered").stream().map(Completion.Token::logprob).toList());
    }
  }

  @Test
  void shouldRefuseAMonitorThatClosesACycleWithAnother() {
    try (var bench = new Bench(broker)) {
      write(bench, "first", monitor("first", "L2.mlp:11", "L3.mlp:5"));
      assertThat(bench.ack("first", ack -> ack.subject().equals("first")).kind())
          .isNotEqualTo(RuleAck.Kind.REFUSED);
      write(bench, "second", monitor("second", "L3.mlp:5", "L2.mlp:11"));
      RuleAck refused = bench.ack("refused", ack -> ack.subject().equals("second"));
      assertThat(refused.kind()).isEqualTo(RuleAck.Kind.REFUSED);
      assertThat(refused.detail().orElseThrow())
          .contains("the rule of first changes L3.mlp:5 that second watches");
    }
  }

  private static String monitor(String id, String watched, String banned) {
    return ("{'monitor': '%s', 'model': 'tokfsm', 'measure': {'rate': ['%s']}, 'window':"
            + " {'tumblingMs': 5000}, 'scope': 'request', 'above': 4, 'clear': 1, 'support': 50,"
            + " 'coolDownMs': 5000, 'severity': 'warning', 'message': 'much', 'then': {'do':"
            + " [{'ban': ['%s']}]}, 'author': 'ana'}")
        .formatted(id, watched, banned);
  }

  @Test
  void shouldRefuseWhatContradictsItselfAndSayWhy() {
    try (var bench = new Bench(broker)) {
      write(
          bench,
          "never",
          "{'rule': 'never', 'model': 'tokfsm', 'author': 'ana', 'do': [{'stop': true}],"
              + " 'when': {'phase': 'prompt', 'not': {'phase': 'prompt'}}}");
      RuleAck refused = bench.ack("refused", ack -> ack.subject().equals("never"));
      assertThat(refused.kind()).isEqualTo(RuleAck.Kind.REFUSED);
      assertThat(refused.detail().orElseThrow()).contains("can never act");
    }
  }
}
