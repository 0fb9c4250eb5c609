package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.broker.tenant.Secrets;
import dev.steerage.broker.tenant.TenantProbe;
import dev.steerage.broker.tenant.TenantReconciler;
import dev.steerage.broker.tenant.TenantSpec;
import dev.steerage.cli.command.CodesCommand;
import dev.steerage.cli.command.MonitorCommand;
import dev.steerage.cli.command.PromptCommand;
import dev.steerage.cli.command.RuleCommand;
import dev.steerage.cli.command.TopicsCommand;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.local.LocalInstance;
import dev.steerage.local.UpConfig;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/// `up --secure`: everything works for a tenant with its own principals, and nothing of another is
/// within its reach.
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecureSystemTest {
  private static final TenantId OTHER = new TenantId("other");
  private static final Duration SOON = Duration.ofSeconds(30);

  private ScratchFolder folder;
  private Path data;
  private LocalInstance instance;

  @BeforeAll
  void start() {
    folder = ScratchFolder.create();
    data = folder.path().resolve("data");
    instance =
        LocalInstance.start(
            new UpConfig(
                data,
                0,
                List.of(Programs.models().resolve("tokfsm")),
                List.of(TenantId.DEFAULT, OTHER),
                "auto",
                OptionalInt.of(0),
                true));
  }

  @AfterAll
  void stop() {
    instance.close();
    folder.close();
  }

  private String run(Object command, String... args) {
    Outcome outcome = tried(command, args);
    assertThat(outcome.status()).as("%s", outcome.said()).isZero();
    return outcome.said();
  }

  /// What a command ended with and said.
  private record Outcome(int status, String said) {}

  private Outcome tried(Object command, String... args) {
    var out = new StringWriter();
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--data", data.toString()));
    int status =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(out, true))
            .execute(all.toArray(String[]::new));
    return new Outcome(status, out.toString());
  }

  @Test
  void shouldServeSteerAndCountForATenantWithPrincipalsOfItsOwn() {
    String rule = "{\"rule\":\"ban\",\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L1.mlp:12\"]}]}";
    assertThat(run(new RuleCommand(), "put", rule)).contains("ban");
    String out =
        run(new PromptCommand(), "--model", "tokfsm", "--max-tokens", "20", "--json", "0102");
    assertThat(out).contains("finished").contains("length");
    Await.until(
        "code statistics of the prompt",
        SOON,
        () -> run(new TopicsCommand(), "--json").contains("code-statistics"));
    assertThat(run(new CodesCommand(), "show", "L1.mlp:12", "--model", "tokfsm"))
        .contains("L1.mlp");
  }

  /// Under a rule that leads astray, what is written is improbable to the unsteered model; under a
  /// ban of one code it is not. The same bound guards both.
  @Test
  void shouldTakeBackACanaryWhoseLossIsBeyondTheBoundAndPromoteAHarmlessOne() throws Exception {
    String astray =
        "{\"rule\":\"astray\",\"model\":\"tokfsm\",\"when\":{\"phase\":\"generation\"},"
            + "\"do\":[{\"activate\":[\"L2.mlp:7\"],\"slots\":\"all\"},"
            + "{\"activate\":[\"L3.mlp:7\"],\"slots\":\"all\"}]}";
    String mild = "{\"rule\":\"mild\",\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L1.mlp:12\"]}]}";
    run(new MonitorCommand(), "create", lossGuard("astray"));
    run(new MonitorCommand(), "create", lossGuard("mild"));
    var isOver = new AtomicBoolean();
    Thread traffic =
        Thread.startVirtualThread(
            () -> {
              while (!isOver.get()) {
                tried(new PromptCommand(), "--model", "tokfsm", "--max-tokens", "24", "0102");
              }
            });
    try {
      Outcome back =
          tried(
              new RuleCommand(),
              List.of("rollout", astray, "--steps", "60:20,100", "--guard", "loss-astray")
                  .toArray(String[]::new));
      assertThat(back.said()).contains("60.0 %", "back", "loss-astray").doesNotContain("promoted");
      assertThat(back.status()).isNotZero();
      assertThat(run(new RuleCommand(), "list")).doesNotContain("astray");

      String promoted =
          run(
              new RuleCommand(),
              List.of("rollout", mild, "--steps", "60:3,100", "--guard", "loss-mild")
                  .toArray(String[]::new));
      assertThat(promoted).contains("60.0 %", "promoted").doesNotContain("back");
      assertThat(promoted).as("it acted").doesNotContain("100.0 %   revision.*acted on 0 ");
      run(new RuleCommand(), "remove", "mild");
    } finally {
      isOver.set(true);
      traffic.join();
    }
  }

  /// A window with as few requests as a slow machine ends in it.
  private static String lossGuard(String rule) {
    return "{\"monitor\":\"loss-"
        + rule
        + "\",\"model\":\"tokfsm\",\"measure\":{\"loss\":{\"rule\":\""
        + rule
        + "\",\"percent\":100}},\"window\":{\"tumblingMs\":2000},\"above\":2.5,\"support\":2,"
        + "\"author\":\"system-test\"}";
  }

  @Test
  void shouldRefuseEverythingThatOneTenantTriesOnTheOther() {
    List<TenantProbe.Attempt> attempts =
        new TenantProbe(instance.bootstrap(), new Secrets(data.resolve("secrets")))
            .probe(OTHER, TenantId.DEFAULT);
    assertThat(attempts).hasSizeGreaterThan(200);
    assertThat(attempts).allMatch(TenantProbe.Attempt::isRefused);
  }

  @Test
  void shouldAskForAKeyAndShowItsTenantOnly() throws Exception {
    assertThat(status("/api/v1/models", null, "default")).isEqualTo(401);
    String key = Files.readString(data.resolve("secrets").resolve("other.gateway-key"));
    assertThat(status("/api/v1/models", key, "other")).isEqualTo(200);
    assertThat(status("/api/v1/rules", key, "default")).isEqualTo(404);
  }

  private int status(String path, String key, String tenant) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create(instance.addresses().get("gateway")).resolve(path))
            .timeout(SOON)
            .header("Steerage-Tenant", tenant);
    if (key != null) {
      request.header("Authorization", "Bearer " + key);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  void shouldAnswerTheFirstPromptOfANewTenantWithinFiveSeconds() throws Exception {
    var fresh = new TenantId("fresh");
    Map<String, String> admin =
        new HashMap<>(
            Secrets.client(
                "admin",
                new Secrets(data.resolve("broker").resolve("secrets"))
                    .find("admin")
                    .orElseThrow()));
    admin.put("bootstrap.servers", instance.bootstrap());
    long begun;
    try (var reconciler = new TenantReconciler(admin, new Secrets(data.resolve("secrets")))) {
      begun = System.nanoTime();
      reconciler.reconcile(List.of(TenantSpec.of(fresh)));
    }
    String out =
        run(
            new PromptCommand(),
            "--tenant",
            "fresh",
            "--model",
            "tokfsm",
            "--max-tokens",
            "1",
            "--json",
            "0102");
    assertThat(out).contains("finished");
    // A busy machine gets twice the time; the benchmark of this name measures.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
  }
}
