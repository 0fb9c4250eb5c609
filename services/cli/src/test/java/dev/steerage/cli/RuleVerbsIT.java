package dev.steerage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithBroker
class RuleVerbsIT {
  private TestBroker broker;
  private TenantId tenant;
  private CliRun cli;

  @BeforeEach
  void serveAModel(TestBroker testBroker) {
    broker = testBroker;
    tenant = broker.newTenant();
    cli = new CliRun("--bootstrap", broker.bootstrap(), "--tenant", tenant.name());
    List<ModelCard.SiteCard> sites = List.of(new ModelCard.SiteCard("L0.mlp", 100, 2, 8));
    broker.send(
        Topics.MODELS,
        "m",
        new ModelCard("m", "abc", "reference", 11, 128, 8, 10, "vocab.json", sites, List.of("w1")));
  }

  private static String rule(String id, int priority, String more) {
    return ("{'rule': '%s', 'model': 'm', 'priority': %d, %s}")
        .formatted(id, priority, more)
        .replace('\'', '"');
  }

  private void put(String rule, String author) {
    CliRun.Outcome outcome = cli.run("rule", "put", rule, "--author", author, "--wait-s", "0");
    assertThat(outcome.status()).as(outcome.err()).isZero();
  }

  @Test
  void shouldPlanWhatARuleWouldChange() {
    put(rule("a", 5, "'do': [{'activate': ['L0.mlp:7'], 'slots': 0}]"), "ana");
    put(rule("b", 0, "'match': {'labels': {'app': 'x'}}, 'do': [{'ban': ['L0.mlp:1']}]"), "ben");
    prompt("r1", "kids");
    prompt("r2", "adults");

    String candidate =
        rule(
            "b",
            1,
            "'match': {'labels': {'app': 'kids'}}, 'do': [{'activate': ['L0.mlp:8'], 'slots': 0}]");
    CliRun.Outcome plan = cli.run("rule", "plan", candidate);

    assertThat(plan.status()).as(plan.err()).isZero();
    assertThat(plan.out())
        .contains("replaces  rule b by ben, priority 0: ban L0.mlp:1")
        .contains("with rule a by ana, priority 5: activate L0.mlp:7 in slot 0")
        .contains("L0.mlp:8 of b gives way to a")
        .contains("1 of 2 running now match r1");
    assertThat(cli.run("rule", "plan", candidate, "--json").out())
        .contains("\"taken\":true", "\"winner\":\"a\"", "\"matching\":[\"r1\"]");
    assertThat(broker.read(Topics.RULES.of(tenant)).toEnd()).hasSize(2);
  }

  private void prompt(String request, String app) {
    String json =
        "{\"request\": \"%s\", \"model\": \"m\", \"text\": \"1\", \"labels\": {\"app\": \"%s\"}}"
            .formatted(request, app);
    broker.send(
        new ProducerRecord<>(
            Topics.PROMPTS.of(tenant).name(),
            request.getBytes(StandardCharsets.UTF_8),
            json.getBytes(StandardCharsets.UTF_8)));
    broker.send(
        Topics.COMPLETIONS.of(tenant),
        request,
        new Completion.Started(
            request,
            "m",
            "abc",
            "reference",
            "w1",
            1,
            List.of(1),
            -1,
            Map.of(),
            0,
            Optional.empty()));
  }

  @Test
  void shouldRefuseInAPlanWhatAWorkerWouldRefuse(@TempDir Path data) {
    String unknown = rule("a", 0, "'do': [{'ban': ['L0.mlp:100']}]");
    for (String verb : List.of("plan", "validate")) {
      CliRun.Outcome outcome = cli.run("rule", verb, unknown);
      assertThat(outcome.status()).isEqualTo(ExitCode.REFUSED.status());
      assertThat(outcome.out()).contains("unknown-code", "L0.mlp:100", "limit=100");
    }
    // Nothing runs there: the form is checked all the same.
    CliRun alone = new CliRun("--data", data.toString());
    assertThat(alone.run("rule", "validate", unknown).status()).isZero();
    String anchored = rule("a", 0, "'do': [{'stop': true}], 'when': {'after': {'text': '^a'}}");
    assertThat(alone.run("rule", "validate", anchored).out()).contains("bad-pattern");
  }

  @Test
  void shouldShowCompareAndRestoreEarlierRevisions() {
    put(rule("a", 0, "'do': [{'ban': ['L0.mlp:1']}]"), "ana");
    put(rule("b", 0, "'do': [{'ban': ['L0.mlp:2']}]"), "ana");
    put(rule("bad", 0, "'do': [{'ban': ['L0.mlp:999']}]"), "eve");
    put(rule("a", 3, "'do': [{'ban': ['L0.mlp:9']}]"), "ben");
    cli.run("rule", "remove", "b", "--author", "ben", "--wait-s", "0");

    assertThat(cli.run("rule", "list").out())
        .contains("L0.mlp:9")
        .doesNotContain("bad", "L0.mlp:2");
    assertThat(cli.run("rule", "list", "--at", "1").out())
        .contains("ban L0.mlp:1", "ban L0.mlp:2")
        .doesNotContain("L0.mlp:9");
    assertThat(cli.run("rule", "list", "--at", "2000-01-01T00:00:00Z").err()).contains("no rules");
    assertThat(cli.run("rule", "list", "--at", "7").status()).isEqualTo(ExitCode.USAGE.status());

    String diff = cli.run("rule", "diff", "1").out();
    assertThat(diff.lines().skip(1))
        .satisfiesExactly(
            a -> assertThat(a).startsWith("~").contains("L0.mlp:1", "L0.mlp:9", "priority 3"),
            b -> assertThat(b).startsWith("-").contains("L0.mlp:2"));

    assertThat(cli.run("rule", "rollback", "1", "--dry-run").out()).contains("would write");
    CliRun.Outcome rollback = cli.run("rule", "rollback", "1", "--author", "cleo");
    assertThat(rollback.out()).contains("revision 5", "revision 6").hasLineCount(2);
    assertThat(cli.run("rule", "diff", "1").err()).contains("no difference");
    assertThat(cli.run("rule", "list").out()).contains("L0.mlp:1", "L0.mlp:2", "cleo");
    assertThat(cli.run("rule", "history").out().lines()).hasSize(8);
    assertThat(cli.run("rule", "rollback", "1").err()).contains("is what is in force");
  }
}
