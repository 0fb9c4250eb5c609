package dev.steerage.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CliCommandsTest {
  @Test
  void shouldHelpWithEveryVerb() {
    List<CommandLine> verbs = new ArrayList<>();
    collect(CliRun.root(), verbs);

    assertThat(verbs).hasSizeGreaterThan(15);
    for (CommandLine verb : verbs) {
      assertThat(verb.getCommandSpec().usageMessage().description())
          .as(verb.getCommandName())
          .isNotEmpty();
      assertThat(verb.getUsageMessage()).as(verb.getCommandName()).contains("--help");
      verb.getCommandSpec()
          .options()
          .forEach(
              option ->
                  assertThat(option.description())
                      .as(verb.getCommandName() + " " + option.longestName())
                      .isNotEmpty());
    }
  }

  private static void collect(CommandLine command, List<CommandLine> verbs) {
    for (CommandLine sub : command.getSubcommands().values()) {
      verbs.add(sub);
      collect(sub, verbs);
    }
  }

  @Test
  void shouldSayInOneLineThatNothingRuns(@TempDir Path data) {
    CliRun.Outcome outcome = new CliRun("--data", data.toString()).run("models");

    assertThat(outcome.status()).isEqualTo(ExitCode.UNREACHABLE.status());
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines()).hasSize(1);
    assertThat(outcome.err()).contains("nothing runs on data folder " + data, "steerage up");
  }

  @Test
  void shouldNotBelieveTheFileOfADeadProcess(@TempDir Path data) throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Files.writeString(
        data.resolve("running.json"),
        "{\"pid\": " + ended.pid() + ", \"bootstrap\": \"127.0.0.1:1\"}");

    CliRun.Outcome outcome = new CliRun("--data", data.toString()).run("models");

    assertThat(outcome.err()).contains("nothing runs on data folder");
  }

  @Test
  void shouldNameTheFileThatIsNoRunningJson(@TempDir Path data) throws Exception {
    Files.writeString(data.resolve("running.json"), "{");

    CliRun.Outcome outcome = new CliRun("--data", data.toString()).run("topics");

    assertThat(outcome.status()).isEqualTo(ExitCode.UNREACHABLE.status());
    assertThat(outcome.err()).contains("running.json").hasLineCount(1);
  }

  @Test
  void shouldRefuseABadTenantBeforeConnecting() {
    CliRun.Outcome outcome =
        new CliRun("--bootstrap", "127.0.0.1:1", "--tenant", "Not A Tenant").run("rule", "list");

    assertThat(outcome.status()).isNotZero();
    assertThat(outcome.err().lines()).hasSize(1);
  }

  @Test
  void shouldRefuseRulesThatAreNone(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("rule.json");
    Files.writeString(file, "{\"rule\": \"r\", \"model\": \"m\", \"do\": [{\"sing\": 1}]}");
    CliRun cli = new CliRun("--bootstrap", "127.0.0.1:1");

    assertThat(cli.run("rule", "put", file.toString()).status()).isEqualTo(2);
    assertThat(cli.run("rule", "put", "{}").status()).isEqualTo(2);
    assertThat(cli.run("rule", "put", folder.resolve("none").toString()).status()).isEqualTo(2);
    assertThat(cli.run("rule", "put", "{\"rule\":").err()).contains("the JSON on the command line");
  }

  @Test
  void shouldNameFileAndLineOfABadPrompt(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("prompts.jsonl");
    Files.writeString(file, "{\"model\":\"m\",\"text\":\"a\"}\n\n{\"text\":\"b\"}\n");

    CliRun.Outcome outcome =
        new CliRun("--bootstrap", "127.0.0.1:1").run("prompt", "--file", file.toString());

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err()).contains("prompts.jsonl, line=3").hasLineCount(1);
  }
}
