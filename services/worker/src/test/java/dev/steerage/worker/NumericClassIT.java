package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import dev.steerage.worker.Bench.PromptBuilder;
import java.io.StringWriter;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A request that begins in one numeric class and goes on in another.
@Tag("fault")
@WithBroker
class NumericClassIT {
  @Test
  void shouldSayFromWhichTokenOnAnotherClassWentOn(TestBroker broker) {
    broker.provision(Topics.ofModel("tokfsm"));
    try (var bench = new Bench(broker)) {
      WorkerConfig usual = Bench.config(broker, "first");
      WorkerService first =
          WorkerService.start(WorkerConfig.of(usual.bootstrap(), usual.model(), "vector", "first"));
      bench.prompt("r", new PromptBuilder().maxTokens(60).pace(20).sampled(4));
      bench.token("r", 5);
      first.halt();
      WorkerConfig other = WorkerConfig.of(usual.bootstrap(), usual.model(), "reference", "second");
      try (WorkerService second = WorkerService.start(other)) {
        assertThat(second.engine().numericClass().backend()).isEqualTo("reference");
        assertThat(bench.finished("r").reason()).isEqualTo(Completion.Reason.LENGTH);
      }

      assertThat(bench.started("r"))
          .extracting(started -> started.numericClass().split("/")[0])
          .containsExactly("vector", "reference");
      assertThat(bench.started("r").getLast().resumedAt()).isGreaterThan(5);
      assertThat(bench.tokens("r"))
          .extracting(Completion.Token::index)
          .containsExactlyElementsOf(IntStream.range(0, 60).boxed().toList());
      var out = new StringWriter();
      Replays.run(out, broker, bench.tenant(), "r", "--backend", "vector");
      assertThat(out.toString()).contains("vector/", "from token 0", "reference/", "here");
    }
  }
}
