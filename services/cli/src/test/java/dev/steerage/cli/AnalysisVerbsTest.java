package dev.steerage.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// On the shipped automaton model, whose states have codes of their own.
class AnalysisVerbsTest {
  private static final int WALKS = 500;

  private final CliRun cli =
      new CliRun("--models", Path.of("..", "..", "infra", "models").toString());

  @TempDir Path folder;
  private String positive;
  private String negative;

  /// Walks cut where they are in state 26, and walks cut where they are not.
  @BeforeEach
  void writeWalks() throws IOException {
    List<String> with = new ArrayList<>();
    List<String> without = new ArrayList<>();
    String[] make = {"fsm", "walks", "--count", "" + WALKS, "--length", "20"};
    for (String walk : cli.run(make).out().lines().toList()) {
      int at = 10;
      while (at < walk.length() && !walk.startsWith("26", at)) {
        at += 2;
      }
      if (at < walk.length()) {
        with.add(walk.substring(0, at + 2));
      } else if (without.size() < 80) {
        without.add(walk.substring(0, 30));
      }
    }
    positive = write("positive.txt", with.subList(0, 20));
    negative = write("negative.txt", without);
  }

  private String write(String name, List<String> lines) throws IOException {
    return Files.write(folder.resolve(name), lines).toString();
  }

  @Test
  void shouldFindTheCodeOfAStateFromLabelledPrompts() {
    CliRun.Outcome found =
        cli.run("probe", "--positive", positive, "--negative", negative, "--at", "last", "--json");
    assertThat(found.status()).as(found.err()).isZero();
    assertThat(found.out())
        .contains("\"chosenPrompts\":50", "\"scoredPrompts\":50")
        .containsPattern("\"codes\":\\[\\{\"k\":1,\"features\":\\[\"L\\d\\.[^\"]+:\\d+\"\\]")
        .containsPattern("\"scored\":\\{\"hits\":\\d+.*\"f1\":(1|0\\.[89])");
    assertThat(cli.run("probe", "--positive", positive, "--negative", negative).out())
        .contains("neurons' F1", "chosen on 50 prompts");
  }

  @Test
  void shouldRankHeadsAndPairsOfHeads() {
    String[] ask = {"circuit", "--positive", positive, "--negative", negative, "--at", "last"};
    CliRun.Outcome found = cli.run(ask);
    assertThat(found.status()).as(found.err()).isZero();
    assertThat(found.out()).contains("special codes").containsPattern("L\\d\\.mlp +\\d+ +\\d+ ");
    assertThat(cli.run("circuit", "--positive", positive, "--negative", negative, "--json").out())
        .contains("\"heads\":[{\"site\":\"L", "\"pairs\":[");
  }

  @Test
  void shouldMatchAModelWithItself() {
    CliRun.Outcome found = cli.run("match", "tokfsm", "tokfsm", "--text", negative);
    assertThat(found.status()).as(found.err()).isZero();
    assertThat(found.out())
        .containsPattern("L1\\.mlp +\\d+ +\\d+ +1\\.000 +1\\.000 .*1\\.000")
        .containsPattern("(L\\d\\.\\S+:\\d+) +\\1 +1\\.000");
  }

  @Test
  void shouldTakeALogitApart() {
    CliRun.Outcome found = cli.run("attribute", "--prompt", "1234509", "--most", "3");
    assertThat(found.status()).as(found.err()).isZero();
    Matcher sum =
        Pattern.compile("logit of token \\d+ '\\d': (\\S+) = codes (\\S+) \\+ rest (\\S+)")
            .matcher(found.out());
    assertThat(sum.find()).as(found.out()).isTrue();
    assertThat(Double.parseDouble(sum.group(2)) + Double.parseDouble(sum.group(3)))
        .isCloseTo(Double.parseDouble(sum.group(1)), within(1e-3));
    assertThat(found.out()).containsPattern("L\\d\\.\\S+:\\d+ +\\d+ +[+-]").contains("more codes");
    assertThat(cli.run("attribute", "--prompt", "12", "--token", "3", "--json").out())
        .contains("\"token\":\"3\"", "\"slots\":[{\"code\":\"L0.");
    assertThat(cli.run("attribute", "--prompt", "12", "--token", "34").err()).contains("2 tokens");
    assertThat(cli.run("attribute", "--prompt", "12", "--token", "#999").err())
        .contains("expected #0 to #");
  }

  @Test
  void shouldSayWhatIsWrongWithTheInput() throws IOException {
    CliRun.Outcome other = cli.run("match", "tokfsm", "stories", "--text", positive);
    assertThat(other.status()).isEqualTo(1);
    assertThat(other.err()).contains("cut document 1").hasLineCount(1);
    String empty = write("empty.txt", List.of(""));
    CliRun.Outcome none = cli.run("circuit", "--positive", empty, "--negative", negative);
    assertThat(none.status()).isEqualTo(2);
    assertThat(none.err()).contains("empty.txt has no prompt").hasLineCount(1);
    String one = write("one.txt", List.of("26"));
    CliRun.Outcome few = cli.run("probe", "--positive", one, "--negative", negative);
    assertThat(few.status()).isEqualTo(2);
    assertThat(few.err()).contains("positive=1");
    String far = write("far.txt", List.of("26".repeat(200)));
    CliRun.Outcome tooLong = cli.run("circuit", "--positive", far, "--negative", negative);
    assertThat(tooLong.err()).contains("line=1: tokens=401, limit=128");
  }
}
