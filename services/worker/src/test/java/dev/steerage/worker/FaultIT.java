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
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import dev.steerage.worker.Bench.PromptBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What is promised when workers come, go, die and are fenced.
@Tag("fault")
@WithBroker
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultIT {
  private static final int REQUESTS = 10;
  private static final int TOKENS = 80;

  private TestBroker broker;
  private WorkerService first;

  @BeforeAll
  void provision(TestBroker started) {
    broker = started;
    broker.provision(Topics.ofModel("tokfsm"));
  }

  @AfterEach
  void stop() {
    first.close();
  }

  private static Rule rule(String id, When when, Until until, Action... actions) {
    return new Rule(id, "tokfsm", 0, Match.ALL, when, List.of(actions), until, "test");
  }

  private static Action activate(String code) {
    return new Action.Activate(
        new CodeSelection.Codes(List.of(Code.parse(code))), new Action.Slots.LeastSimilar());
  }

  private static When generation(boolean once) {
    return new When(When.Phase.GENERATION, Optional.empty(), once, List.of(), Optional.empty());
  }

  /// Rules whose state depends on every position before: a count, a first time, codes that fired.
  private static void publishRulesWithState(Bench bench) {
    bench.rule(
        new RuleChange.RulePut(
            rule("few", generation(false), new Until(OptionalInt.of(30)), activate("L2.mlp:11"))),
        "few");
    bench.rule(
        new RuleChange.RulePut(rule("once", generation(true), Until.NEVER, activate("L3.mlp:5"))),
        "once");
    var fired =
        new When.Fired(
            new CodeSelection.Codes(
                IntStream.range(0, 500).mapToObj(i -> Code.parse("L1.mlp:" + i)).toList()),
            2);
    bench.rule(
        new RuleChange.RulePut(
            rule(
                "echo",
                new When(When.Phase.ANY, Optional.empty(), false, List.of(), Optional.of(fired)),
                Until.NEVER,
                activate("L0.attn.H2:77"))),
        "echo");
  }

  private static List<Integer> ids(Bench bench, String request) {
    return bench.tokens(request).stream().map(Completion.Token::id).toList();
  }

  private static void awaitAll(Bench bench, String name) {
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(bench.finished(name + i).reason()).isEqualTo(Completion.Reason.LENGTH);
    }
  }

  private static long resumed(Bench bench, String name) {
    return IntStream.range(0, REQUESTS).filter(i -> bench.started(name + i).size() > 1).count();
  }

  private static void assertSameTokens(Bench bench, String name, String undisturbed) {
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(ids(bench, name + i)).isEqualTo(ids(bench, undisturbed + i));
      assertThat(bench.tokens(name + i))
          .extracting(Completion.Token::index)
          .containsExactlyElementsOf(IntStream.range(0, TOKENS).boxed().toList());
    }
  }

  @Test
  void shouldContinueBothHalvesOfAPairWhereAKilledWorkerLeftThem() {
    first = WorkerService.start(Bench.config(broker, "alpha"));
    try (var bench = new Bench(broker)) {
      publishRulesWithState(bench);
      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("plain" + i, prompt(i).fence(2, 20_000).paired());
      }
      awaitAll(bench, "plain");
      WorkerService victim = WorkerService.start(Bench.config(broker, "beta"));
      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("killed" + i, prompt(i).fence(2, 20_000).pace(30).paired());
      }
      for (int i = 0; i < REQUESTS; i++) {
        bench.token("killed" + i, 10);
      }

      victim.halt();
      awaitAll(bench, "killed");

      assertThat(resumed(bench, "killed")).isPositive();
      assertSameTokens(bench, "killed", "plain");
      for (int i = 0; i < REQUESTS; i++) {
        // Of one token at most the likeliest ones of the steered half went with the worker.
        assertThat(bench.twin("killed" + i))
            .usingRecursiveFieldByFieldElementComparatorIgnoringFields("divergence")
            .isEqualTo(bench.twin("plain" + i));
        assertThat(bench.twin("killed" + i))
            .filteredOn(token -> token.divergence().isEmpty())
            .hasSizeLessThan(2);
        assertThat(bench.halfEnds("killed" + i)).hasSize(2);
      }
    }
  }

  @Test
  void shouldContinueRulesWithStateWhereAKilledWorkerLeftThem() {
    first = WorkerService.start(Bench.config(broker, "alpha"));
    try (var bench = new Bench(broker)) {
      publishRulesWithState(bench);
      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("plain" + i, prompt(i).fence(2, 20_000));
      }
      awaitAll(bench, "plain");
      WorkerService victim = WorkerService.start(Bench.config(broker, "beta"));
      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("killed" + i, prompt(i).fence(2, 20_000).pace(15));
      }
      for (int i = 0; i < REQUESTS; i++) {
        bench.token("killed" + i, 10);
      }

      victim.halt();
      awaitAll(bench, "killed");

      assertThat(resumed(bench, "killed")).isPositive();
      assertSameTokens(bench, "killed", "plain");
      Map<String, Long> acks = new HashMap<>();
      bench.acks().stream()
          .filter(ack -> ack.request().isPresent())
          .forEach(
              ack ->
                  acks.merge(
                      ack.kind() + " " + ack.subject() + " " + ack.request().get(), 1L, Long::sum));
      assertThat(acks.values()).containsOnly(1L);
      assertThat(bench.acks())
          .filteredOn(ack -> ack.kind() == RuleAck.Kind.EXPIRED)
          .allSatisfy(ack -> assertThat(ack.tokenIndex()).hasValue(29))
          .hasSize(2 * REQUESTS);
      Counts counts = Counts.read(broker, bench.tenant());
      long positions = 2L * REQUESTS * (3 + TOKENS - 1);
      assertThat(counts.histogramPositions()).isEqualTo(positions);
      assertThat(counts.histogram()).isEqualTo(counts.recount());
      assertThat(counts.rawPositions()).isEqualTo(positions);
      assertThat(bench.tokensOfAnUncommittedReader()).isEqualTo(bench.tokensOfACommittedReader());
    }
  }

  @Test
  void shouldSteerOnAfterAKillFromTheTokenThatACommandNamed() {
    first = WorkerService.start(Bench.config(broker, "alpha"));
    try (var bench = new Bench(broker)) {
      WorkerService victim = WorkerService.start(Bench.config(broker, "beta"));
      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("s" + i, prompt(i).pace(15));
      }
      for (int i = 0; i < REQUESTS; i++) {
        bench.token("s" + i, 4);
        bench.command(steer("push" + i, "s" + i));
      }
      for (int i = 0; i < REQUESTS; i++) {
        String id = "push" + i;
        bench.ack("applied " + id, a -> a.subject().equals(id) && a.kind() == RuleAck.Kind.APPLIED);
      }

      victim.halt();
      awaitAll(bench, "s");

      assertThat(resumed(bench, "s")).isPositive();
      for (int i = 0; i < REQUESTS; i++) {
        String id = "push" + i;
        List<RuleAck> acks = bench.acks().stream().filter(a -> a.subject().equals(id)).toList();
        assertThat(acks)
            .extracting(RuleAck::kind)
            .containsExactlyInAnyOrder(RuleAck.Kind.ACCEPTED, RuleAck.Kind.APPLIED);
        int from = acks.getLast().tokenIndex().orElseThrow();
        assertThat(bench.tokens("s" + i))
            .hasSize(TOKENS)
            .allSatisfy(t -> assertThat(t.steered()).isEqualTo(t.index() >= from));
        assertThat(Replays.run(broker, bench.tenant(), "s" + i)).isZero();
      }
    }
  }

  @Test
  void shouldRebuildFromTheLogWhenItsTransactionsAreTakenAway() {
    first = WorkerService.start(Bench.config(broker, "alpha"));
    try (var bench = new Bench(broker)) {
      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("plain" + i, prompt(i));
      }
      awaitAll(bench, "plain");
      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("fenced" + i, prompt(i).pace(40));
      }
      for (int i = 0; i < REQUESTS; i++) {
        bench.token("fenced" + i, 10);
      }

      takeTransactionalId("steerage-worker.tokfsm.alpha");
      awaitAll(bench, "fenced");

      assertThat(resumed(bench, "fenced")).isEqualTo(REQUESTS);
      assertSameTokens(bench, "fenced", "plain");
      Counts counts = Counts.read(broker, bench.tenant());
      assertThat(counts.histogramPositions()).isEqualTo(2L * REQUESTS * (3 + TOKENS - 1));
      assertThat(counts.histogram()).isEqualTo(counts.recount());
    }
  }

  @Test
  void shouldNotLetATenantWithoutTopicsHoldUpAnother() {
    first = WorkerService.start(Bench.config(broker, "alpha"));
    try (var gone = new Bench(broker);
        var bench = new Bench(broker)) {
      gone.prompt("g", prompt(1).pace(20));
      gone.token("g", 2);
      gone.deleteTopics();

      for (int i = 0; i < REQUESTS; i++) {
        bench.prompt("p" + i, prompt(i));
      }

      awaitAll(bench, "p");
    }
  }

  @Test
  void shouldAnswerRulesOnceAcrossRestarts() {
    first = WorkerService.start(Bench.config(broker, "alpha"));
    try (var bench = new Bench(broker)) {
      publishRulesWithState(bench);
      bench.ack("ack of echo", ack -> ack.subject().equals("echo"));
      first.close();
      first = WorkerService.start(Bench.config(broker, "alpha"));
      bench.rule(new RuleChange.RuleRemoved("echo", "test"), "echo");

      bench.ack("ack of the removal", ack -> ack.revision() == 3);

      assertThat(bench.acks())
          .extracting(RuleAck::revision)
          .containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    }
  }

  private void takeTransactionalId(String id) {
    Map<String, Object> properties =
        Map.of("bootstrap.servers", broker.bootstrap(), "transactional.id", id);
    try (var thief =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
      thief.initTransactions();
    }
  }

  private static PromptBuilder prompt(int seed) {
    return new PromptBuilder().maxTokens(TOKENS).sampled(seed);
  }

  private static Command steer(String id, String request) {
    return new Command(
        Command.VERSION,
        Optional.of(id),
        request,
        Command.Kind.STEER,
        OptionalLong.empty(),
        List.of(activate("L1.mlp:3")),
        "test");
  }
}
