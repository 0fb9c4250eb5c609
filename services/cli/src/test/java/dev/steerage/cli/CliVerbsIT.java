package dev.steerage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@WithBroker
class CliVerbsIT {
  private static final String RULE =
      "{\"rule\": \"calm\", \"model\": \"m\", \"do\": [{\"ban\": [\"L0.mlp:1\"]}]}";

  private TestBroker broker;
  private TenantId tenant;
  private CliRun cli;

  @BeforeEach
  void connect(TestBroker testBroker) {
    broker = testBroker;
    tenant = broker.newTenant();
    cli = new CliRun("--bootstrap", broker.bootstrap(), "--tenant", tenant.name());
  }

  @Test
  void shouldListRulesInForceAndTheirWholeHistory() {
    assertThat(cli.run("rule", "put", RULE, "--author", "ada", "--wait-s", "0").out())
        .isEqualToIgnoringNewLines("revision 0");
    cli.run("rule", "put", RULE.replace("calm", "gone"), "--author", "ben", "--wait-s", "0");
    cli.run("rule", "remove", "gone", "--author", "cleo", "--wait-s", "0");
    cli.run("concept", "put", "fire", "--model", "m", "L0.mlp:3", "--wait-s", "0");

    assertThat(cli.run("rule", "list").out())
        .contains("calm", "ban L0.mlp:1", "ada")
        .doesNotContain("gone");
    String history = cli.run("rule", "history").out();
    assertThat(history.lines()).hasSize(5);
    assertThat(history).contains("ada", "ben", "cleo", "removed", "concept L0.mlp:3");
    assertThat(cli.run("rule", "history", "gone").out().lines()).hasSize(3);
    assertThat(cli.run("concept", "list").out()).contains("fire", "L0.mlp:3");
  }

  @Test
  void shouldWriteRulesThatOthersCanRead() {
    cli.run("rule", "put", RULE, "--author", "ada", "--wait-s", "0");

    RuleChange change = broker.read(Topics.RULES.of(tenant)).toEnd().getFirst().value();

    assertThat(change).isInstanceOf(RuleChange.RulePut.class);
    assertThat(change.author()).isEqualTo("ada");
  }

  @Test
  void shouldImportAListAsConceptsAndDemoEntriesAsLabels(@TempDir Path folder) throws IOException {
    Path list =
        Files.writeString(
            folder.resolve("codes.txt"),
            "# fire\n0.13: 23 135\n# dragons: (dragon)\nlayer: 0, head: 2, code: 5\n");
    assertThat(cli.run("codes", "import", list.toString(), "--model", "m").out())
        .contains("concept fire: 2 codes, revision 0", "L0.attn.H2:5: dragons");
    assertThat(cli.run("concept", "list").out()).contains("L0.attn.H13:23 L0.attn.H13:135");
    assertThat(broker.read(Topics.LABELS.of(tenant)).toEnd())
        .singleElement()
        .satisfies(label -> assertThat(label.value().text()).isEqualTo("dragons"));
  }

  @Test
  void shouldGiveUpLoudlyWhenNobodyAcknowledges() {
    CliRun.Outcome outcome = cli.run("rule", "put", RULE, "--wait-s", "1");

    assertThat(outcome.status()).isEqualTo(ExitCode.TIMEOUT.status());
    assertThat(outcome.err()).contains("id=calm", "revision=0", "limit=1 s").hasLineCount(1);
  }

  @Test
  void shouldGiveUpLoudlyWhenNobodyAnswersAPrompt() {
    CliRun.Outcome outcome =
        cli.run("prompt", "--model", "m", "--unsteered", "--wait-s", "1", "Once");

    assertThat(outcome.status()).isEqualTo(ExitCode.TIMEOUT.status());
    assertThat(broker.read(Topics.PROMPTS.of(tenant)).toEnd())
        .singleElement()
        .satisfies(prompt -> assertThat(prompt.value().standingRules()).isFalse());
  }

  @Test
  void shouldWatchTokensWithEscapedText() {
    broker.send(
        Topics.COMPLETIONS.of(tenant),
        "r1",
        new Completion.Tokens(
            "r1",
            1,
            List.of(new Completion.Token(0, 7, "a\u001b[2J\n", -0.5, List.of(), 3, true))));
    broker.send(
        Topics.COMPLETIONS.of(tenant),
        "r2",
        new Completion.Finished(
            "r2", Completion.Reason.LENGTH, Optional.empty(), Optional.empty(), 1, 1));

    String text = cli.run("watch", "tokens", "--from-start", "--limit", "2").out();
    assertThat(text).contains("r1  0..0  revision 3  a\\x1b[2J\\n", "r2  finished  length");
    String json =
        cli.run("watch", "tokens", "--request", "r2", "--from-start", "--limit", "1", "--json")
            .out();
    assertThat(json.lines()).hasSize(1);
    assertThat(json).startsWith("{\"topic\":").contains("\"type\":\"finished\"");
  }

  @Test
  void shouldListModelsAndTheirSites() {
    broker.send(
        Topics.MODELS,
        "tiny",
        new ModelCard(
            "tiny",
            "abc",
            "reference",
            11,
            128,
            8,
            10,
            "vocab.json",
            List.of(new ModelCard.SiteCard("L0.mlp", 1000, 1, 128)),
            List.of("w1")));

    assertThat(cli.run("models").out()).contains("tiny", "reference", "w1");
    assertThat(cli.run("models", "tiny").out()).contains("L0.mlp", "1000");
    CliRun.Outcome unknown = cli.run("models", "huge");
    assertThat(unknown.status()).isEqualTo(ExitCode.REFUSED.status());
    assertThat(unknown.err()).contains("huge", "tiny").hasLineCount(1);
  }

  @Test
  void shouldPlanCreateListShowAndDeleteMonitors() {
    String monitor =
        "{\"monitor\": \"loud\", \"model\": \"m\", \"measure\": {\"rate\": [\"L0.mlp:3\"]},"
            + " \"window\": {\"tumblingMs\": 1000}, \"above\": 5, \"clear\": 2}";
    CliRun.Outcome never =
        cli.run("monitor", "plan", monitor.replace("\"clear\": 2", "\"clear\": 7"));
    assertThat(never.status()).isEqualTo(ExitCode.REFUSED.status());
    assertThat(never.out()).contains("contradiction", "cleared where it is raised");
    assertThat(cli.run("monitor", "plan", monitor).status()).isEqualTo(ExitCode.OK.status());

    cli.run("monitor", "create", monitor, "--author", "ada", "--wait-s", "0");
    assertThat(cli.run("monitor", "list").out())
        .contains("loud", "rate of L0.mlp:3", "above 5.0, clear 2.0", "an alert", "ada");
    assertThat(cli.run("monitor", "show", "loud").out()).contains("cool-down", "1000 ms");
    cli.run("monitor", "delete", "loud", "--author", "ben", "--wait-s", "0");
    assertThat(cli.run("monitor", "list").out()).isEmpty();
    assertThat(cli.run("monitor", "list", "--at", "0").out()).contains("loud");
    assertThat(cli.run("monitor", "show", "loud").status()).isEqualTo(ExitCode.USAGE.status());
  }

  @Test
  void shouldProveATokenFromTheRecord() {
    cli.run("rule", "put", RULE, "--author", "ada", "--wait-s", "0");
    cli.run("rule", "put", RULE.replace("calm", "later"), "--author", "ben", "--wait-s", "0");
    broker.send(
        Topics.COMPLETIONS.of(tenant),
        "r1",
        new Completion.Started(
            "r1", "m", "00", "vector", "w", 1, List.of(1, 2, 3), 0, java.util.Map.of(), 0));
    broker.send(
        Topics.COMPLETIONS.of(tenant),
        "r1",
        new Completion.Tokens(
            "r1", 1, List.of(new Completion.Token(0, 7, "a", -0.5, List.of(), 0, true))));

    assertThat(cli.run("rule", "proof", "r1", "0").out())
        .contains("chosen at position 2", "calm by ada", "0, steered", "not captured")
        .doesNotContain("later");
    assertThat(cli.run("rule", "proof", "r1", "9").status()).isEqualTo(ExitCode.USAGE.status());
  }

  @Test
  void shouldListTopicsWithWhoMayDoWhat() {
    String topics = cli.run("topics").out();

    assertThat(topics.lines())
        .anyMatch(line -> line.contains(Topics.PROMPTS.of(tenant).name()) && line.contains("app"))
        .anyMatch(line -> line.contains(Topics.RULES.of(tenant).name()) && line.contains("policy"));
    assertThat(cli.run("topics", "--json").out().lines())
        .allMatch(line -> line.startsWith("{") && line.endsWith("}"));
  }
}
