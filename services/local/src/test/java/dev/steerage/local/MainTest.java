package dev.steerage.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Every verb explains itself, and a wrong one is refused.
class MainTest {

  private static final int USAGE = 2;

  static Stream<String> verbs() {
    // An alias shows the help of the verb itself.
    return Main.root().getSubcommands().entrySet().stream()
        .filter(verb -> verb.getKey().equals(verb.getValue().getCommandName()))
        .map(Map.Entry::getKey);
  }

  @ParameterizedTest
  @MethodSource("verbs")
  void shouldExplainVerb(String verb) {
    var command = Main.root().getSubcommands().get(verb);

    assertThat(command.getUsageMessage()).contains("Usage: steerage " + verb);
    assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
  }

  @Test
  void shouldRefuseUnknownVerb() {
    assertThat(Main.run("no-such-verb")).isEqualTo(USAGE);
  }

  @Test
  void shouldFindTheRunningInstanceForTheVerbsOfTenants(@TempDir Path data) throws IOException {
    Files.writeString(
        data.resolve("running.json"),
        "{\"pid\":" + ProcessHandle.current().pid() + ",\"bootstrap\":\"127.0.0.1:1\"}");
    CommandLine root = Main.root(data);

    root.parseArgs("tenant", "list");

    var tenant = root.getSubcommands().get("tenant").getCommandSpec();
    assertThat(tenant.findOption("--bootstrap").<String>getValue()).isEqualTo("127.0.0.1:1");
    assertThat(tenant.findOption("--file").<Path>getValue())
        .isEqualTo(data.resolve("tenants.json"));
  }

  @Test
  void shouldTakeWordsOfAChoiceInAnyCase() {
    String[] find = {"codes", "find", "x", "--model", "m", "--as", "literal", "--by", "F1"};

    assertThat(Main.root().parseArgs(find).errors()).isEmpty();
  }

  @Test
  void shouldRefuseModelThatIsNotThere() {
    assertThat(Main.run("up", "--model", "no-such-model")).isEqualTo(USAGE);
  }
}
