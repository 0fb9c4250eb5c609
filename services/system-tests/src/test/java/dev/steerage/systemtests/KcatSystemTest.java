package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.testkit.Await;
import dev.steerage.testkit.OutsideTool;
import dev.steerage.testkit.OutsideTool.Output;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Everything that changes state, with kcat and nothing else: prompts, each command, rules and the
/// steps of a roll-out, concepts, monitors, labels.
@Tag("peripheral")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KcatSystemTest {

  private static final Duration SOON = Duration.ofSeconds(40);

  private OutsideTool kcat;
  private ScratchFolder data;
  private UpProcess up;

  @BeforeAll
  void start() {
    kcat = OutsideTool.need("kcat");
    data = ScratchFolder.create();
    up = UpProcess.start(data.path(), "--model", "tokfsm");
  }

  @AfterAll
  void stop() {
    if (up != null) {
      up.close();
      data.close();
    }
  }

  @Test
  void shouldSteerRunningRequestWithKcatOnly() {
    try (var completions = follow("completions");
        var acks = follow("rule-acks")) {
      publish(
          "prompts",
          "from-kcat",
          "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":100,\"pace\":10}");
      await("first tokens", completions, "from-kcat", "\"type\":\"tokens\"");

      publish(
          "rules",
          "by-kcat",
          "{\"rule\":\"by-kcat\",\"model\":\"tokfsm\",\"do\":[{\"activate\":[\"L1.mlp:7\"]}],"
              + "\"author\":\"kcat\"}");

      await("acceptance", acks, "by-kcat", "\"kind\":\"accepted\"");
      await("application", acks, "by-kcat", "\"kind\":\"applied\"", "\"request\":\"from-kcat\"");
      await("steered token", completions, "from-kcat", "\"steered\":true");
      await("end", completions, "from-kcat", "\"reason\":\"length\"");
    }
  }

  @Test
  void shouldAnswerRefusedPromptUnderCallersKey() {
    try (var completions = follow("completions");
        var deadLetters = follow("dead-letters")) {
      publish("prompts", "bad-model", "{\"model\":\"no-such-model\",\"text\":\"12\"}");

      await("refusal", completions, "bad-model", "\"reason\":\"refused\"");
      await("dead letter", deadLetters, "bad-model", "no-such-model");
    }
  }

  @Test
  void shouldCommandRequestsWithKcatOnly() {
    try (var completions = follow("completions");
        var acks = follow("rule-acks")) {
      for (String request : List.of("to-cancel", "to-stop", "to-expire", "to-steer")) {
        publish(
            "prompts",
            request,
            "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":100,\"pace\":10,\"request\":\""
                + request
                + "\"}");
        await("tokens of " + request, completions, request, "\"type\":\"tokens\"");
      }

      command("to-cancel", "\"kind\":\"cancel\"");
      command("to-stop", "\"kind\":\"stop\"");
      command("to-expire", "\"kind\":\"deadline\",\"deadlineMs\":1");
      command("to-steer", "\"kind\":\"steer\",\"do\":[{\"activate\":[\"L1.mlp:7\"]}]");

      await("cancelled", completions, "to-cancel", "\"reason\":\"cancelled\"");
      await("stopped", completions, "to-stop", "\"reason\":\"stop\"");
      await("expired", completions, "to-expire", "\"reason\":\"expired\"");
      await("steered token", completions, "to-steer", "\"steered\":true");
      awaitAny("its acknowledgement", acks, "\"kind\":\"accepted\"", "\"request\":\"to-steer\"");
    }
  }

  @Test
  void shouldChangeRulesConceptsAndMonitorsWithKcatOnly() {
    try (var acks = follow("rule-acks");
        var alerts = follow("alerts");
        var rules = follow("rules")) {
      publish(
          "rules",
          "sevens",
          "{\"concept\":\"sevens\",\"model\":\"tokfsm\",\"codes\":[\"L1.mlp:7\"],\"author\":\"kcat\"}");
      await("concept", acks, "sevens", "\"kind\":\"accepted\"");
      // The steps of a roll-out are records with a larger share.
      for (int percent : List.of(5, 100)) {
        publish(
            "rules",
            "step-" + percent,
            "{\"rule\":\"step-"
                + percent
                + "\",\"model\":\"tokfsm\",\"match\":{\"percent\":"
                + percent
                + "},\"do\":[{\"ban\":{\"concept\":\"sevens\"}}],\"author\":\"kcat\"}");
        await("step " + percent, acks, "step-" + percent, "\"kind\":\"accepted\"");
      }
      publish("rules", "sevens", "{\"removeConcept\":\"sevens\",\"author\":\"kcat\"}");
      await("a concept in use stays", acks, "sevens", "\"kind\":\"refused\"", "in-use");
      for (int percent : List.of(5, 100)) {
        String rule = "step-" + percent;
        publish("rules", rule, "{\"remove\":\"" + rule + "\",\"author\":\"kcat\"}");
      }
      publish("rules", "sevens-gone", "{\"removeConcept\":\"sevens\",\"author\":\"kcat\"}");
      awaitTimes("concept put and removed", acks, 2, "sevens", "\"kind\":\"accepted\"");

      publish(
          "rules",
          "any-code",
          "{\"monitor\":\"any-code\",\"model\":\"tokfsm\",\"measure\":{\"distinct\":\"L1.mlp\"},"
              + "\"window\":{\"tumblingMs\":1000},\"above\":1,\"support\":1,"
              + "\"then\":{\"do\":[{\"activate\":[\"L1.mlp:7\"]}]},\"author\":\"kcat\"}");
      await("monitor", acks, "any-code", "\"kind\":\"accepted\"");
      publish("prompts", "watched", "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":60}");
      awaitAny("its alert", alerts, "\"kind\":\"monitor\"", "any-code");
      awaitAny("its rule", rules, "\"author\":\"monitor:any-code\"", "\"activate\"");
      publish("rules", "any-code", "{\"removeMonitor\":\"any-code\",\"author\":\"kcat\"}");
      awaitTimes("monitor put and removed", acks, 2, "any-code", "\"kind\":\"accepted\"");
    }
  }

  @Test
  void shouldLabelACodeWithKcatOnly() {
    publish(
        "labels",
        "tokfsm/L1.mlp:7",
        "{\"model\":\"tokfsm\",\"code\":\"L1.mlp:7\",\"text\":\"seven\",\"author\":\"kcat\"}");

    Await.until("label in the index", SOON, () -> labels().contains("\"seven\""));
    publish(
        "labels",
        "tokfsm/L1.mlp:7",
        "{\"model\":\"tokfsm\",\"code\":\"L1.mlp:7\",\"text\":\"\",\"author\":\"kcat\"}");
    Await.until("no label", SOON, () -> !labels().contains("\"seven\""));
  }

  private String labels() {
    URI labels = URI.create(up.console()).resolve("/api/v1/models/tokfsm/labels");
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(labels).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private void command(String request, String fields) {
    publish(
        "commands",
        request,
        "{\"request\":\"" + request + "\"," + fields + ",\"author\":\"kcat\"}");
  }

  private static void awaitAny(String what, OutsideTool.Following records, String... parts) {
    awaitTimes(what, records, 1, "", parts);
  }

  private static void awaitTimes(
      String what, OutsideTool.Following records, int times, String key, String... parts) {
    Await.until(
        what,
        SOON,
        () ->
            records.lines().stream()
                    .filter(line -> key.isEmpty() || line.startsWith(key + "\t"))
                    .filter(line -> List.of(parts).stream().allMatch(line::contains))
                    .count()
                >= times);
  }

  private void publish(String topic, String key, String json) {
    Output output =
        kcat.run(
            key + "\t" + json + "\n",
            "-P",
            "-b",
            up.bootstrap(),
            "-t",
            "steerage.default." + topic,
            "-K",
            "\\t");
    assertThat(output.status()).as(output.stderr()).isZero();
  }

  /// Every record of a topic, old and new, as `key<tab>value`; kcat reads committed ones only.
  private OutsideTool.Following follow(String topic) {
    return kcat.follow(
        "-C",
        "-b",
        up.bootstrap(),
        "-t",
        "steerage.default." + topic,
        "-o",
        "beginning",
        "-q",
        "-u",
        "-f",
        "%k\\t%s\\n");
  }

  private static void await(
      String what, OutsideTool.Following records, String key, String... parts) {
    awaitTimes(what, records, 1, key, parts);
  }
}
