package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import dev.steerage.worker.Bench.PromptBuilder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Turns of a session, through the log.
@WithBroker
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SessionIT {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final WorkerMetricFamilies families = new WorkerMetricFamilies(registry);
  private TestBroker broker;
  private WorkerService worker;

  @BeforeAll
  void start(TestBroker started) {
    broker = started;
    broker.provision(Topics.ofModel("tokfsm"));
    worker = WorkerService.start(Bench.config(broker, "alpha"), families);
  }

  @AfterAll
  void stop() {
    worker.close();
  }

  @Test
  void shouldContinueATurnAsIfItWereOneLongPrompt() {
    try (var bench = new Bench(broker)) {
      bench.prompt("t1", turn("s", "12").sampled(1).maxTokens(11));
      bench.finished("t1");
      bench.prompt("t2", turn("s", "34").sampled(2).maxTokens(13));
      Completion.Finished end = bench.finished("t2");

      List<Integer> whole = new ArrayList<>(List.of(10, 1, 2));
      whole.addAll(ids(bench, "t1"));
      whole.addAll(List.of(3, 4));
      Completion.Started started = bench.started("t2").getFirst();
      assertThat(started.promptTokens()).isEqualTo(whole);
      Completion.SessionTurn said = started.session().orElseThrow();
      assertThat(said.turn()).isEqualTo(2);
      assertThat(said.contextTokens()).isEqualTo(3 + 11);
      assertThat(said.previous()).contains("t1");
      assertThat(end.promptTokens()).isEqualTo(whole.size());

      bench.prompt("long", new PromptBuilder().tokens(whole).sampled(2).maxTokens(13));
      bench.finished("long");
      assertThat(bench.tokens("t2")).isEqualTo(bench.tokens("long"));
      var out = new StringWriter();
      assertThat(Replays.run(out, broker, bench.tenant(), "t2")).isZero();
      assertThat(out.toString()).contains("turn 2", "14 tokens of context");
    }
  }

  @Test
  void shouldCountCachedPositionsAsIfTheyWereForwarded() {
    try (var bench = new Bench(broker)) {
      double before = reused();
      int positions = 0;
      for (int i = 0; i < 3; i++) {
        bench.prompt("t" + i, turn("s", "12").sampled(i).maxTokens(30));
        Completion.Finished end = bench.finished("t" + i);
        positions += end.promptTokens() + end.completionTokens() - 1;
      }

      Counts counts = Counts.read(broker, bench.tenant());

      assertThat(reused() - before).isEqualTo(32 + 64);
      assertThat(counts.histogramPositions()).isEqualTo(positions);
      assertThat(counts.rawPositions()).isEqualTo(positions);
      assertThat(counts.histogram()).isEqualTo(counts.recount());
      // Without a cache the same codes come out at every position.
      assertThat(Replays.run(broker, bench.tenant(), "t2")).isZero();
    }
  }

  private double reused() {
    return registry.scrape(name -> name.equals("steerage_worker_reused_positions")).stream()
        .flatMap(metric -> metric.getDataPoints().stream())
        .mapToDouble(point -> ((CounterSnapshot.CounterDataPointSnapshot) point).getValue())
        .sum();
  }

  @Test
  void shouldRefuseATurnWhileOneRuns() {
    try (var bench = new Bench(broker)) {
      bench.prompt("t1", turn("s", "12").maxTokens(40).pace(20));
      bench.token("t1", 1);
      bench.prompt("t2", turn("s", "34"));

      Completion.Finished refused = bench.finished("t2");

      assertThat(refused.refusal()).contains(Refusal.SESSION_BUSY);
      bench.finished("t1");
      bench.prompt("t3", turn("s", "34"));
      bench.finished("t3");
      assertThat(bench.started("t3").getFirst().session().orElseThrow().previous()).contains("t1");
    }
  }

  @Test
  void shouldKeepSessionsOfTheSameNameApart() {
    try (var bench = new Bench(broker);
        var other = new Bench(broker)) {
      bench.prompt("t1", turn("s", "12"));
      bench.finished("t1");
      other.prompt("t2", turn("s", "34"));
      other.finished("t2");
      assertThat(other.started("t2").getFirst().promptTokens()).containsExactly(10, 3, 4);
    }
  }

  @Test
  void shouldRefuseATurnThatTheContextLeavesNoRoomFor() {
    try (var bench = new Bench(broker)) {
      bench.prompt("t1", turn("s", "12").maxTokens(100));
      bench.finished("t1");
      bench.prompt("t2", turn("s", "34").maxTokens(30));

      Completion.Finished refused = bench.finished("t2");

      assertThat(refused.refusal()).contains(Refusal.OVER_LIMIT);
      assertThat(refused.detail().orElseThrow()).contains("context=103", "limit=128");
      bench.prompt("t3", turn("s", "34").maxTokens(20));
      assertThat(bench.finished("t3").reason()).isEqualTo(Completion.Reason.LENGTH);
    }
  }

  @Test
  void shouldContinueSessionsAndTurnsOfAWorkerThatWasKilled() {
    try (var bench = new Bench(broker)) {
      bench.prompt("a1", turn("a", "12").sampled(1));
      bench.prompt("b1", turn("b", "34").sampled(2));
      bench.finished("a1");
      bench.finished("b1");
      bench.prompt("b2", turn("b", "5").sampled(3).maxTokens(60).pace(20));
      bench.token("b2", 3);

      worker.halt();
      worker = WorkerService.start(Bench.config(broker, "alpha"), families);

      bench.prompt("b3", turn("b", "6"));
      assertThat(bench.finished("b3").refusal()).contains(Refusal.SESSION_BUSY);
      bench.prompt("a2", turn("a", "7").sampled(4));
      bench.finished("a2");
      bench.finished("b2");
      assertThat(bench.started("b2")).hasSize(2);
      assertThat(bench.started("b2").getLast().session())
          .isEqualTo(bench.started("b2").getFirst().session());
      assertThat(bench.started("a2").getFirst().promptTokens())
          .startsWith(conversation(bench, "a1").toArray(Integer[]::new))
          .endsWith(7);
      bench.prompt("b4", turn("b", "6"));
      bench.finished("b4");
      assertThat(bench.started("b4").getFirst().promptTokens())
          .startsWith(conversation(bench, "b2").toArray(Integer[]::new));
      assertThat(bench.started("b4").getFirst().session().orElseThrow().turn()).isEqualTo(3);
      for (String request : List.of("a2", "b2", "b4")) {
        assertThat(Replays.run(broker, bench.tenant(), request)).isZero();
      }
    }
  }

  private static PromptBuilder turn(String session, String text) {
    return new PromptBuilder().session(session).text(text);
  }

  private static List<Integer> ids(Bench bench, String request) {
    return bench.tokens(request).stream().map(Completion.Token::id).toList();
  }

  private static List<Integer> conversation(Bench bench, String request) {
    List<Integer> all = new ArrayList<>(bench.started(request).getFirst().promptTokens());
    all.addAll(ids(bench, request));
    return all;
  }
}
