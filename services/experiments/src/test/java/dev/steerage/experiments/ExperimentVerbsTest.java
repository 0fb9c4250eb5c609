package dev.steerage.experiments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Every experiment in its quick size, on the models shipped.
class ExperimentVerbsTest {
  @TempDir Path reports;

  @Command(name = "experiment")
  private static final class Root {}

  @Test
  void shouldSetModelsSideBySide() throws IOException {
    String page = run("table1", "tokfsm", "again=tokfsm");

    assertThat(page)
        .contains("table1-protocol.md", "quick: smaller")
        .containsPattern("\\| best possible \\|  \\| 1\\.2\\d+")
        .containsPattern("\\| tokfsm \\| attn 500 codes k=1, mlp 1000 codes k=1 \\| 1\\.\\d{4}")
        .containsPattern("\\| again \\| L3\\.mlp \\| \\d+ \\| \\d+\\.\\d+ % \\| \\d+ ");
    assertThat(plots()).hasSize(1);
  }

  @Test
  void shouldMoveTheModelNearerByATargetsCodesThanByOthers() throws IOException {
    String page = run("state-steering", "tokfsm");

    List<String> all = row(page, "| all | 20 |");
    assertThat(Double.parseDouble(all.get(3))).isLessThan(0.01);
    assertThat(Double.parseDouble(all.get(4))).isGreaterThan(0.3);
    double steered = mass(page, "| target's codes, both steps | all |");
    assertThat(steered).isGreaterThan(0.6);
    assertThat(mass(page, "| random codes, both steps | all |")).isLessThan(steered - 0.3);
    assertThat(plots()).hasSize(4);
  }

  @Test
  void shouldScoreCodesBesideNeuronsAndProbes() throws IOException {
    String page = run("detectors", "tokfsm");

    assertThat(row(page, "| 0.10 |").get(1)).endsWith(" of 100");
    assertThat(Double.parseDouble(row(page, "| 0.10 |").get(2).split(" ")[0])).isBetween(0.2, 1.0);
  }

  @Test
  void shouldReadTextWithAndWithoutCodebooks() throws IOException {
    Path text = stories().resolve("valid.txt");
    String page = run("table2", "stories", "--text", "small=" + text);

    assertThat(page)
        .containsPattern(
            "\\| stories \\| [\\d,]+ \\| small \\| \\d\\.\\d{4} \\| \\d+\\.\\d+ % \\|"
                + " [0-3]\\.\\d{4}")
        .contains("| stories, codebooks off |");
  }

  @Test
  void shouldScoreCodesOnPatternsOfText() throws IOException {
    String text = stories().resolve("valid.txt").toString();
    String page = run("text-detectors", "stories", "--choose", text, "--score", text);

    assertThat(page).contains("| patterns | 2 of 43 |");
    assertThat(row(page, "| 0.10 |").get(1)).isEqualTo("2 of 2");
    assertThat(mean(row(page, "| 0.10 |").get(2))).isBetween(0.2, 1.0);
    assertThat(page).containsPattern("\\| was and were \\| \\d+ \\| [01]\\.\\d{3}, [01]\\.\\d{3} ");
  }

  @Test
  void shouldFindWhatATextHasInCommonWithTheTrainingText() throws IOException {
    Path folder = stories();
    String train = folder.resolve("train.txt").toString();
    String page = run("writing", "stories", "--train", train, "--valid", train);

    List<String> losses = row(page, "| stories/train.txt |");
    assertThat(losses.get(3)).as("gap of a text to itself").isEqualTo("0.0000");
    List<String> copied = row(page, "| validation texts |");
    int words = Integer.parseInt(copied.get(1));
    assertThat(Integer.parseInt(copied.get(2)))
        .as("all words of a text, but for the last one, which may be cut")
        .isBetween(words - 1, words);
    assertThat(Integer.parseInt(row(page, "| samples of the model |").get(2))).isBetween(1, 19);
    assertThat(page).contains("**Seed 2**").doesNotContain("**Seed 3**");
  }

  @Test
  void shouldSteerTopicsBesideControls() throws IOException {
    String page = run("topics", "stories", "--data", stories().toString());

    assertThat(page).contains("the same model without its codebooks").contains("| boat | 0.");
    assertThat(page.lines().filter(line -> line.startsWith("| contrastive addition | 24")))
        .hasSize(8);
    List<String> all = row(page, "| all slots | 8 | 1 | 60 |");
    double named = Double.parseDouble(all.get(5));
    assertThat(named).as("named with 8 heads").isGreaterThan(0);
    assertThat(named).isGreaterThanOrEqualTo(Double.parseDouble(all.get(6)));
    assertThat(plots()).hasSize(2);
  }

  @Test
  void shouldSetWhatActivatingACodeRaisesBesideAnotherCode() throws IOException {
    String page = run("lens", "tokfsm");

    List<String> all = row(page, "| all |");
    assertThat(Integer.parseInt(all.get(1))).isBetween(4, 8);
    assertThat(mean(all.get(2))).isNotEqualTo(mean(all.get(3)));
    assertThat(page).containsPattern("\\| L\\d\\.(attn|mlp) \\| \\d+ \\| [01]\\.\\d{3} \\(");
  }

  @Test
  void shouldFindPlantedHeadsAndNotTakeRandomLabelsForThem() throws IOException {
    String page = run("circuit", "tokfsm");

    List<String> many = row(page, "| planted, many codes, share |");
    assertThat(mean(many.get(2))).isGreaterThan(0.9);
    assertThat(mean(many.get(3))).isBetween(0.4, 0.6);
    assertThat(mean(row(page, "| planted, one code, most |").get(2))).isGreaterThan(0.9);
    assertThat(mean(row(page, "| states, last position, all sites |").get(2))).isBetween(0.0, 1.0);
  }

  @Test
  void shouldTrainAndMeasureEveryKindOfCodebook() throws IOException {
    String text = stories().resolve("train.txt").toString();
    String runs = reports.resolve("runs").toString();
    String page = run("variants", "stories", "--text", text, "--runs", runs);

    assertThat(page)
        .contains("| no codes | 16 |")
        .containsPattern(
            "\\| VQGAN-LC \\| 16 \\| \\d+ \\| [01]\\.\\d{4} \\| [01]\\.\\d{4} \\|  \\| \\d")
        .containsPattern(
            "\\| grouped in 4 \\| 16 \\| \\d+ \\| [^|]+ \\| [^|]+ \\| -?\\d\\.\\d{4} ");
  }

  @Test
  void shouldNumberASecondReportOfADayAndRefuseAModelThatIsNotThere() throws IOException {
    run("detectors", "tokfsm");
    run("detectors", "tokfsm");
    try (Stream<Path> pages = Files.list(reports)) {
      assertThat(pages.map(Path::toString)).anyMatch(name -> name.endsWith("quick-2.md"));
    }
    StringWriter err = new StringWriter();
    assertThat(command(new StringWriter(), err).execute("table1", "no-such-model")).isNotZero();
    assertThat(err.toString()).contains("no model 'no-such-model'");
  }

  private String run(String... arguments) throws IOException {
    List<String> all = new ArrayList<>(List.of(arguments));
    Path models = Path.of("..", "..", "infra", "models");
    all.addAll(List.of("--quick", "--models", models.toString(), "--reports", reports.toString()));
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    assertThat(command(out, err).execute(all.toArray(String[]::new))).as(err.toString()).isZero();
    String last = out.toString().lines().reduce("", (_, line) -> line);
    return Files.readString(Path.of(last.substring(last.indexOf(": ") + 2)));
  }

  private static CommandLine command(StringWriter out, StringWriter err) {
    CommandLine root = new CommandLine(new Root());
    ExperimentVerbs.all().forEach(root::addSubcommand);
    return root.setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setExecutionExceptionHandler(
            (error, verb, _) -> {
              verb.getErr().println(error.getMessage());
              verb.getErr().flush();
              return 1;
            });
  }

  /// Small stories, half of them about a boat or a book.
  private Path stories() throws IOException {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String name = List.of("Lily", "Tom", "Mia", "Ben").get(i % 4) + " number " + i;
      String thing = List.of("boat", "book", "tree", "friend").get(i / 4 % 4);
      all.add(
          "One day "
              + name
              + " went out to play in the big garden. "
              + ("There was a " + thing + ". ").repeat(5)
              + "They were very happy.");
    }
    String text = String.join("\n<|endoftext|>\n", all);
    Path folder = Files.createDirectories(reports.resolve("stories"));
    Files.writeString(folder.resolve("train.txt"), text);
    Files.writeString(folder.resolve("valid.txt"), text);
    return folder;
  }

  private List<Path> plots() throws IOException {
    try (Stream<Path> files = Files.list(reports)) {
      return files.filter(file -> file.toString().endsWith(".svg")).toList();
    }
  }

  private static List<String> row(String page, String start) {
    String line = page.lines().filter(l -> l.startsWith(start)).findFirst().orElseThrow();
    return Stream.of(line.substring(2).split(" *\\| *")).toList();
  }

  private static double mean(String estimate) {
    return Double.parseDouble(estimate.split(" ")[0]);
  }

  private static double mass(String page, String start) {
    return Double.parseDouble(row(page, start).get(2).split(" ")[0]);
  }
}
