package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.DeadLetter;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import dev.steerage.worker.Bench.PromptBuilder;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@WithBroker
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkerIT {
  private static final Duration LONG = Duration.ofSeconds(40);

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

  @Test
  void shouldCompleteAPrompt() {
    try (var bench = new Bench(broker)) {
      bench.prompt("a", new PromptBuilder().maxTokens(8).topLogprobs(3));

      Completion.Finished end = bench.finished("a");

      assertThat(end.reason()).isEqualTo(Completion.Reason.LENGTH);
      assertThat(end.completionTokens()).isEqualTo(8);
      List<Completion.Token> tokens = bench.tokens("a");
      assertThat(tokens)
          .extracting(Completion.Token::index)
          .containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
      assertThat(tokens).allSatisfy(token -> assertThat(token.topLogprobs()).hasSize(3));
      Completion.Started started = bench.started("a").getFirst();
      assertThat(started.attempt()).isOne();
      assertThat(started.promptTokens()).containsExactly(10, 1, 2);
    }
  }

  @Test
  void shouldSteerARunningRequestFromTheAcknowledgedTokenOn() {
    try (var bench = new Bench(broker)) {
      bench.prompt("b", new PromptBuilder().maxTokens(100).pace(100).sampled(3));
      bench.token("b", 3);

      long revision = bench.rule(new RuleChange.RulePut(force("r1")), "r1");

      RuleAck applied =
          bench.ack(
              "applied r1", a -> a.kind() == RuleAck.Kind.APPLIED && a.subject().equals("r1"));
      bench.finished("b");
      int first = applied.tokenIndex().orElseThrow();
      assertThat(first).isGreaterThan(3);
      assertThat(applied.revision()).isEqualTo(revision);
      assertThat(bench.tokens("b"))
          .allSatisfy(
              token -> {
                assertThat(token.steered()).isEqualTo(token.index() >= first);
                assertThat(token.revision()).isEqualTo(token.index() >= first ? revision : -1);
              });
      assertThat(bench.acks())
          .filteredOn(ack -> ack.subject().equals("r1"))
          .extracting(RuleAck::kind)
          .containsExactlyInAnyOrder(RuleAck.Kind.ACCEPTED, RuleAck.Kind.APPLIED);
    }
  }

  @Test
  void shouldSayWhatAShadowWouldHaveDoneAndDoNothing() {
    try (var bench = new Bench(broker);
        var alerts = broker.read(Topics.ALERTS.of(bench.tenant()))) {
      Rule acting = force("quiet");
      Rule shadow =
          new Rule(
              acting.id(),
              acting.model(),
              acting.priority(),
              acting.match(),
              acting.when(),
              acting.actions(),
              acting.until(),
              acting.author(),
              true);
      long revision = bench.rule(new RuleChange.RulePut(shadow), "quiet");
      bench.prompt("s", new PromptBuilder().maxTokens(8).fence(revision, 20_000));
      bench.finished("s");

      var told = alerts.await("the report", LONG, each -> each.value().kind().equals("shadow"));

      assertThat(bench.tokens("s")).hasSize(8).noneMatch(Completion.Token::steered);
      assertThat(told.value().facts()).containsEntry("rule", "quiet").containsEntry("request", "s");
      assertThat(Integer.parseInt(told.value().facts().get("positions"))).isGreaterThanOrEqualTo(8);
      assertThat(Long.parseLong(told.value().facts().get("slots"))).isPositive();
      assertThat(bench.acks())
          .filteredOn(ack -> ack.subject().equals("quiet"))
          .extracting(RuleAck::kind)
          .containsExactly(RuleAck.Kind.ACCEPTED);
    }
  }

  @Test
  void shouldNeverChooseATokenBelowTheFence() {
    fencedRounds(100);
  }

  @Test
  @Tag("long")
  void shouldNeverChooseATokenBelowTheFenceInAThousandRounds() {
    fencedRounds(1_000);
  }

  private void fencedRounds(int rounds) {
    try (var bench = new Bench(broker)) {
      long[] revisions = new long[rounds];
      for (int i = 0; i < rounds; i++) {
        revisions[i] = bench.rule(new RuleChange.RulePut(force("r")), "r");
        bench.prompt("f" + i, new PromptBuilder().maxTokens(2).fence(revisions[i], 20_000));
      }
      for (int i = 0; i < rounds; i++) {
        assertThat(bench.finished("f" + i).reason()).isEqualTo(Completion.Reason.LENGTH);
        long fence = revisions[i];
        assertThat(bench.started("f" + i))
            .allSatisfy(s -> assertThat(s.promptRevision()).isGreaterThanOrEqualTo(fence));
        assertThat(bench.tokens("f" + i))
            .hasSize(2)
            .allSatisfy(token -> assertThat(token.revision()).isGreaterThanOrEqualTo(fence));
      }
    }
  }

  @Test
  void shouldRefuseAPromptWhoseFenceDoesNotCome() {
    try (var bench = new Bench(broker)) {
      bench.prompt("late", new PromptBuilder().fence(1_000, 300));

      Completion.Finished end = bench.finished("late");

      assertThat(end.reason()).isEqualTo(Completion.Reason.REFUSED);
      assertThat(end.refusal()).contains(Refusal.FENCE_TIMEOUT);
      assertThat(bench.tokens("late")).isEmpty();
    }
  }

  @Test
  void shouldCancelARunningRequest() {
    try (var bench = new Bench(broker)) {
      bench.prompt("c", new PromptBuilder().maxTokens(100).pace(5));
      bench.token("c", 1);

      bench.command(command("stop-it", "c", Command.Kind.CANCEL));

      assertThat(bench.finished("c").reason()).isEqualTo(Completion.Reason.CANCELLED);
      RuleAck ack = bench.ack("ack of the cancel", a -> a.subject().equals("stop-it"));
      assertThat(ack.kind()).isEqualTo(RuleAck.Kind.ACCEPTED);
      assertThat(ack.subjectKind()).isEqualTo(RuleAck.SubjectKind.COMMAND);
    }
  }

  @Test
  void shouldRefuseACommandForAnUnknownRequest() {
    try (var bench = new Bench(broker)) {
      bench.command(command("who", "nobody", Command.Kind.CANCEL));

      RuleAck ack = bench.ack("ack of the cancel", a -> a.subject().equals("who"));

      assertThat(ack.refusal()).contains(Refusal.UNKNOWN_REQUEST);
    }
  }

  @Test
  void shouldRefuseARuleThatNamesAnUnknownCode() {
    try (var bench = new Bench(broker)) {
      Rule bad =
          new Rule(
              "bad",
              "tokfsm",
              0,
              Match.ALL,
              When.ALWAYS,
              List.of(new Action.Ban(new CodeSelection.Codes(List.of(Code.parse("L0.mlp:9999"))))),
              Until.NEVER,
              "test");

      long revision = bench.rule(new RuleChange.RulePut(bad), "bad");

      RuleAck ack = bench.ack("ack of bad", a -> a.subject().equals("bad"));
      assertThat(ack.kind()).isEqualTo(RuleAck.Kind.REFUSED);
      assertThat(ack.refusal()).contains(Refusal.UNKNOWN_CODE);
      assertThat(ack.revision()).isEqualTo(revision);
    }
  }

  @Test
  void shouldBuryARuleThatCannotBeRead() {
    try (var bench = new Bench(broker)) {
      String topic = Topics.RULES.of(bench.tenant()).name();
      byte[] bytes = "{ no rule".getBytes(StandardCharsets.UTF_8);
      var bad = new ProducerRecord<>(topic, "half".getBytes(StandardCharsets.UTF_8), bytes);

      long offset = broker.send(bad).offset();

      RuleAck ack = bench.ack("ack of half", a -> a.subject().equals("half"));
      assertThat(ack.kind()).isEqualTo(RuleAck.Kind.REFUSED);
      assertThat(ack.refusal()).contains(Refusal.MALFORMED);
      assertThat(ack.revision()).isEqualTo(offset);
      try (var letters = broker.read(Topics.DEAD_LETTERS.of(bench.tenant()))) {
        var letter = letters.await("the dead letter", Bench.DEADLINE, _ -> true);
        assertThat(letter.value()).isEqualTo(bytes);
        assertThat(new String(letter.headers().lastHeader(DeadLetter.REASON).value()))
            .isEqualTo("malformed");
      }
    }
  }

  @Test
  void shouldObeyACommandWhoseRequestComesLater() {
    try (var bench = new Bench(broker)) {
      bench.command(command("early", "soon", Command.Kind.STOP));
      bench.prompt("soon", new PromptBuilder().maxTokens(100).pace(5));

      assertThat(bench.finished("soon").reason()).isEqualTo(Completion.Reason.STOP);
      assertThat(bench.ack("ack of early", a -> a.subject().equals("early")).kind())
          .isEqualTo(RuleAck.Kind.ACCEPTED);
    }
  }

  @Test
  void shouldExpireARequestAtItsDeadline() {
    try (var bench = new Bench(broker)) {
      bench.prompt(
          "slow",
          new PromptBuilder().maxTokens(100).pace(2).deadline(System.currentTimeMillis() + 1_500));

      assertThat(bench.finished("slow").reason()).isEqualTo(Completion.Reason.EXPIRED);
      assertThat(bench.tokens("slow")).hasSizeBetween(1, 5);
    }
  }

  @Test
  void shouldSteerOneRequestByACommand() {
    try (var bench = new Bench(broker)) {
      bench.prompt("mine", new PromptBuilder().maxTokens(60).pace(60).sampled(2));
      bench.prompt("other", new PromptBuilder().maxTokens(60).pace(60).sampled(2));
      bench.token("mine", 3);
      var steer =
          new Command(
              Command.VERSION,
              Optional.of("turn"),
              "mine",
              Command.Kind.STEER,
              OptionalLong.empty(),
              force("x").actions(),
              "test");

      bench.command(steer);

      RuleAck applied =
          bench.ack(
              "applied turn", a -> a.subject().equals("turn") && a.kind() == RuleAck.Kind.APPLIED);
      bench.finished("mine");
      bench.finished("other");
      int from = applied.tokenIndex().orElseThrow();
      assertThat(bench.tokens("mine"))
          .allSatisfy(t -> assertThat(t.steered()).isEqualTo(t.index() >= from));
      assertThat(bench.tokens("other")).allSatisfy(t -> assertThat(t.steered()).isFalse());
    }
  }

  @Test
  void shouldReplayACompletionAndTellWhenTheRevisionWouldChangeIt() {
    try (var bench = new Bench(broker)) {
      bench.prompt("r", new PromptBuilder().maxTokens(60).pace(60).sampled(5));
      bench.token("r", 5);
      bench.rule(new RuleChange.RulePut(force("r1")), "r1");
      bench.finished("r");
      var out = new StringWriter();

      assertThat(Replays.run(out, broker, bench.tenant(), "r")).isZero();
      assertThat(out.toString()).contains("60 equal", "62 equal", "identical");
      assertThat(Replays.run(broker, bench.tenant(), "r", "--revision", "0")).isOne();
      assertThat(Replays.run(broker, bench.tenant(), "nobody")).isOne();
    }
  }

  @Test
  void shouldCountEveryPositionAndCaptureOnlyWhatIsAskedFor() {
    try (var bench = new Bench(broker)) {
      bench.prompt(
          "all", new PromptBuilder().maxTokens(20).capture(new Prompt.Capture(List.of(), false)));
      bench.prompt(
          "none", new PromptBuilder().maxTokens(20).capture(new Prompt.Capture(List.of(), true)));
      bench.finished("all");
      bench.finished("none");

      Counts counts = Counts.read(broker, bench.tenant());

      assertThat(counts.histogramPositions()).isEqualTo(2 * (3 + 20 - 1));
      assertThat(counts.rawPositions()).isEqualTo(3 + 20 - 1);
      long activations = counts.histogram().values().stream().mapToLong(Long::longValue).sum();
      // k is 1 at each of the 4 x (4 + 1) sites.
      assertThat(activations).isEqualTo(20L * counts.histogramPositions());
    }
  }

  @Test
  void shouldSendTheHeadersOfAPromptWithEverythingItCauses() {
    try (var bench = new Bench(broker)) {
      bench.prompt("h", new PromptBuilder().maxTokens(3), "traceparent", "00-abc-def-01");
      bench.finished("h");

      try (var reader = broker.read(Topics.COMPLETIONS.of(bench.tenant()))) {
        assertThat(reader.toEnd())
            .isNotEmpty()
            .allSatisfy(
                record ->
                    assertThat(record.headers().lastHeader("traceparent").value())
                        .isEqualTo("00-abc-def-01".getBytes(StandardCharsets.UTF_8)));
      }
    }
  }

  @Test
  void shouldHandOverMidStreamWithoutLosingOrDoublingAToken() {
    try (var bench = new Bench(broker)) {
      int requests = 12;
      for (int i = 0; i < requests; i++) {
        bench.prompt("plain" + i, new PromptBuilder().maxTokens(60).sampled(i));
      }
      for (int i = 0; i < requests; i++) {
        bench.finished("plain" + i);
      }
      WorkerService other = WorkerService.start(Bench.config(broker, "beta"));
      for (int i = 0; i < requests; i++) {
        bench.prompt("moved" + i, new PromptBuilder().maxTokens(60).sampled(i).pace(20));
      }
      for (int i = 0; i < requests; i++) {
        bench.token("moved" + i, 5);
      }

      other.close();

      for (int i = 0; i < requests; i++) {
        bench.finished("moved" + i);
        assertThat(ids(bench, "moved" + i)).isEqualTo(ids(bench, "plain" + i));
        assertThat(bench.tokens("moved" + i))
            .extracting(Completion.Token::index)
            .containsExactlyElementsOf(IntStream.range(0, 60).boxed().toList());
      }
      assertThat(IntStream.range(0, requests).filter(i -> bench.started("moved" + i).size() > 1))
          .isNotEmpty();
    }
  }

  @Test
  void shouldContinueWhatAKilledWorkerBegan() {
    try (var bench = new Bench(broker)) {
      int requests = 12;
      for (int i = 0; i < requests; i++) {
        bench.prompt("plain" + i, new PromptBuilder().maxTokens(100).sampled(i));
      }
      for (int i = 0; i < requests; i++) {
        bench.finished("plain" + i);
      }
      WorkerService victim = WorkerService.start(Bench.config(broker, "gamma"));
      for (int i = 0; i < requests; i++) {
        bench.prompt("killed" + i, new PromptBuilder().maxTokens(100).sampled(i).pace(15));
      }
      for (int i = 0; i < requests; i++) {
        bench.token("killed" + i, 5);
      }

      victim.halt();

      for (int i = 0; i < requests; i++) {
        bench.finished("killed" + i);
        assertThat(ids(bench, "killed" + i)).isEqualTo(ids(bench, "plain" + i));
      }
      assertThat(IntStream.range(0, requests).filter(i -> bench.started("killed" + i).size() > 1))
          .isNotEmpty();
    }
  }

  private static List<Integer> ids(Bench bench, String request) {
    return bench.tokens(request).stream().map(Completion.Token::id).toList();
  }

  private static Command command(String id, String request, Command.Kind kind) {
    return new Command(
        Command.VERSION, Optional.of(id), request, kind, OptionalLong.empty(), List.of(), "test");
  }

  /// A rule that acts at every generated position.
  private static Rule force(String id) {
    return new Rule(
        id,
        "tokfsm",
        0,
        Match.ALL,
        new When(When.Phase.GENERATION, Optional.empty(), false, List.of(), Optional.empty()),
        List.of(
            new Action.Activate(
                new CodeSelection.Codes(List.of(Code.parse("L3.mlp:7"))),
                new Action.Slots.LeastSimilar())),
        Until.NEVER,
        "test");
  }
}
