package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import dev.steerage.worker.Bench.PromptBuilder;
import dev.steerage.worker.session.SessionLimits;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/// A worker with room for one request and a queue of two.
@WithBroker
class PausedPromptsIT {
  @Test
  void shouldObeyCommandsWhilePromptsArePaused(TestBroker broker) {
    broker.provision(Topics.ofModel("tokfsm"));
    var registry = new PrometheusRegistry();
    var config =
        Bench.config(broker, "narrow")
            .withLimits(
                new WorkerLimits(
                    1, 128, 128, 64, 2, 8 << 20, 512 << 10, 100, 64, 64, 0, SessionLimits.USUAL));
    try (var _ = WorkerService.start(config, new WorkerMetricFamilies(registry));
        var bench = new Bench(broker)) {
      bench.prompt("running", new PromptBuilder().maxTokens(100).pace(2));
      bench.token("running", 0);
      for (int i = 0; i < 8; i++) {
        bench.prompt("waiting-" + i, new PromptBuilder().maxTokens(4));
      }
      Await.until("partitions paused", Bench.DEADLINE, () -> paused(registry) > 0);

      bench.command(
          new Command(
              Command.VERSION,
              Optional.of("make-room"),
              "running",
              Command.Kind.CANCEL,
              OptionalLong.empty(),
              List.of(),
              "test"));

      assertThat(bench.finished("running").reason()).isEqualTo(Completion.Reason.CANCELLED);
      for (int i = 0; i < 8; i++) {
        assertThat(bench.finished("waiting-" + i).reason()).isEqualTo(Completion.Reason.LENGTH);
      }
    }
  }

  private static double paused(PrometheusRegistry registry) {
    return registry.scrape().stream()
        .filter(metric -> metric.getMetadata().getName().endsWith("queue_full"))
        .filter(CounterSnapshot.class::isInstance)
        .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
        .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .sum();
  }
}
