package dev.steerage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.TopicReader;
import dev.steerage.testkit.WithBroker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The command against a log in which a test plays the worker.
@WithBroker
@Timeout(60)
class RuleRolloutIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String RULE =
      "{\"rule\": \"calm\", \"model\": \"m\", \"do\": [{\"ban\": [\"L0.mlp:1\"]}]}";
  private static final String GUARD =
      "{\"monitor\": \"guard\", \"model\": \"m\", \"measure\": {\"stops\": {}}, \"above\": 0.5,"
          + " \"window\": {\"tumblingMs\": 1000}}";

  private TestBroker broker;
  private TenantId tenant;
  private CliRun cli;

  @BeforeEach
  void connect(TestBroker testBroker) {
    broker = testBroker;
    tenant = broker.newTenant();
    cli = new CliRun("--bootstrap", broker.bootstrap(), "--tenant", tenant.name());
    cli.run("monitor", "create", GUARD, "--author", "ana", "--wait-s", "0");
  }

  @Test
  void shouldGoFromShadowOverTheStepsToAll() {
    CliRun.Outcome outcome =
        playing(
            4,
            _ -> {},
            "rule",
            "rollout",
            RULE,
            "--shadow-s",
            "1",
            "--steps",
            "5:1,50:1,100",
            "--guard",
            "guard");

    assertThat(outcome.status()).isEqualTo(ExitCode.OK.status());
    assertThat(outcome.out()).contains("shadow", "5.0 %", "50.0 %", "promoted");
    List<RuleChange> changes = changes();
    assertThat(changes).hasSize(4).allMatch(RuleChange.RulePut.class::isInstance);
    assertThat(changes)
        .extracting(change -> ((RuleChange.RulePut) change).rule().match().percent())
        .containsExactly(100.0, 5.0, 50.0, 100.0);
    assertThat(changes)
        .extracting(change -> ((RuleChange.RulePut) change).rule().shadow())
        .containsExactly(true, false, false, false);
  }

  @Test
  void shouldTakeTheRuleBackWhenAGuardIsRaised() {
    CliRun.Outcome outcome =
        playing(
            3,
            number -> {
              if (number == 2) {
                raise();
              }
            },
            "rule",
            "rollout",
            RULE,
            "--steps",
            "5:1,50:20,100",
            "--guard",
            "guard");

    assertThat(outcome.status()).isEqualTo(ExitCode.REFUSED.status());
    assertThat(outcome.out()).contains("back", "guard").doesNotContain("promoted");
    assertThat(changes().getLast()).isInstanceOf(RuleChange.RuleRemoved.class);
    assertThat(cli.run("rule", "rollout", RULE, "--guard", "nobody").status())
        .isEqualTo(ExitCode.USAGE.status());
  }

  /// Runs the command and accepts so many records of the rule.
  private CliRun.Outcome playing(int records, Consumer<Integer> then, String... command) {
    CompletableFuture<CliRun.Outcome> outcome =
        CompletableFuture.supplyAsync(() -> cli.run(command));
    try (TopicReader<String, RuleChange> log = broker.read(Topics.RULES.of(tenant))) {
      for (int number = 1; number <= records; number++) {
        int wanted = number;
        ConsumerRecord<String, RuleChange> record =
            log.awaitCount("step " + number, SOON, wanted, each -> each.key().equals("calm"))
                .get(number - 1);
        accept(record.offset());
        then.accept(number);
      }
      return outcome.join();
    }
  }

  private List<RuleChange> changes() {
    return broker.read(Topics.RULES.of(tenant)).toEnd().stream()
        .filter(record -> record.key().equals("calm"))
        .map(ConsumerRecord::value)
        .toList();
  }

  private void accept(long revision) {
    broker.send(
        Topics.RULE_ACKS.of(tenant),
        "calm",
        new RuleAck(
            RuleAck.Kind.ACCEPTED,
            "calm",
            RuleAck.SubjectKind.RULE,
            revision,
            Optional.empty(),
            OptionalInt.empty(),
            "w",
            Optional.empty(),
            Optional.empty()));
  }

  private void raise() {
    broker.send(
        Topics.ALERTS.of(tenant),
        "a",
        new Alert(
            "a",
            "monitor",
            "warning",
            "too many stops",
            1,
            Map.of("monitor", "guard", "edge", "raised")));
  }
}
