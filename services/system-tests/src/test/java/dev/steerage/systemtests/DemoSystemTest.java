package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.cli.command.CodesCommand;
import dev.steerage.cli.demo.DemoCommand;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.local.LocalInstance;
import dev.steerage.local.UpConfig;
import dev.steerage.testkit.ScratchFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/// `steerage demo` on models whose codes and states have other names: it must find everything.
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DemoSystemTest {
  private static final long SEED = 11;
  private static final Pattern MASS =
      Pattern.compile("(?m)^ +all +([0-9.]+) % +([0-9.]+) % +100\\.0 %");
  private static final Pattern TARGET = Pattern.compile("steering towards state (\\d\\d)");
  private static final Pattern FIRST_AFFECTED = Pattern.compile("first affected token (\\d+)");
  private static final Pattern HITS = Pattern.compile("before, (\\d+) of (\\d+) after");

  private static final Pattern BEST_CODE = Pattern.compile("(?m)^ +(L\\d\\S+:\\d+) +\\d+ of");
  private static final Pattern CONTEXT = Pattern.compile("@\\d+.*\\[\\d]");

  private ScratchFolder folder;
  private LocalInstance instance;

  @BeforeAll
  void start() {
    folder = ScratchFolder.create();
    Path models = folder.path().resolve("models");
    Path shipped = Programs.models().resolve("tokfsm");
    PermutedModel.otherCodes(shipped, models.resolve("other-codes"), SEED);
    PermutedModel.otherLabels(shipped, models.resolve("other-labels"), SEED);
    instance =
        LocalInstance.start(
            new UpConfig(
                folder.path().resolve("data"),
                0,
                List.of(models.resolve("other-codes"), models.resolve("other-labels")),
                List.of(TenantId.DEFAULT),
                "auto",
                OptionalInt.of(0),
                false));
  }

  @AfterAll
  void stop() {
    instance.close();
    folder.close();
  }

  @Test
  void shouldSteerAModelWhoseCodesHaveOtherIds() {
    assertSteered(demo("other-codes", "--seed", "3"));
  }

  @Test
  void shouldSteerAModelOfAnotherAutomaton() {
    assertSteered(demo("other-labels", "--seed", "3"));
  }

  @Test
  void shouldSteerTowardsTheStateThatIsAskedFor() {
    String out = demo("other-labels", "--state", "7");

    assertThat(found(TARGET, out).group(1)).isEqualTo("07");
    assertSteered(out);
  }

  @Test
  void shouldShowWhereACodeFiredThatTheDemoFound() {
    String code = found(BEST_CODE, demo("other-codes", "--seed", "3")).group(1);

    String shown =
        execute(
            new CodesCommand(),
            "show",
            code,
            "--model",
            "other-codes",
            "--contexts",
            "3",
            "--bootstrap",
            instance.bootstrap(),
            "--aeron-dir",
            instance.addresses().get("aeronDir"),
            "--models",
            models());

    assertThat(shown).startsWith(code).contains("on tokens  '");
    assertThat(shown.lines().filter(line -> CONTEXT.matcher(line).find())).hasSize(3);
  }

  private static void assertSteered(String out) {
    Matcher mass = found(MASS, out);
    assertThat(Double.parseDouble(mass.group(1))).as("unsteered mass in %").isLessThan(35);
    assertThat(Double.parseDouble(mass.group(2))).as("steered mass in %").isGreaterThan(70);
    assertThat(Integer.parseInt(found(FIRST_AFFECTED, out).group(1))).isPositive();
    Matcher hits = found(HITS, out);
    assertThat(Integer.parseInt(hits.group(1)))
        .as("steered states of the running request")
        .isGreaterThan(Integer.parseInt(hits.group(2)) / 2);
  }

  private static Matcher found(Pattern pattern, String out) {
    Matcher matcher = pattern.matcher(out);
    assertThat(matcher.find()).as(pattern + " in\n" + out).isTrue();
    return matcher;
  }

  private String demo(String model, String... more) {
    var command =
        new DemoCommand(
            _ -> {
              throw new AssertionError("a system runs already");
            });
    List<String> args =
        new ArrayList<>(
            List.of(
                "--bootstrap",
                instance.bootstrap(),
                "--models",
                models(),
                "--model",
                model,
                "--text-model",
                "none"));
    args.addAll(List.of(more));
    return execute(command, args.toArray(String[]::new));
  }

  private String models() {
    return folder.path().resolve("models").toString();
  }

  private static String execute(Object command, String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(args);
    assertThat(status).as(err.toString()).isZero();
    return out.toString();
  }
}
