package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.testkit.Await;
import dev.steerage.testkit.OutsideTool;
import dev.steerage.testkit.OutsideTool.Output;
import dev.steerage.testkit.ScratchFolder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Prompt, rule, acknowledgement and completion with kcat and nothing else.
@Tag("peripheral")
@Timeout(240)
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
    Await.until(
        what,
        SOON,
        () ->
            records.lines().stream()
                .anyMatch(
                    line ->
                        line.startsWith(key + "\t")
                            && List.of(parts).stream().allMatch(line::contains)));
  }
}
