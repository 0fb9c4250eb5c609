package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.testkit.Await;
import dev.steerage.testkit.OutsideTool;
import dev.steerage.testkit.OutsideTool.Output;
import dev.steerage.testkit.ScratchFolder;
import java.time.Duration;
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
    publish(
        "prompts",
        "from-kcat",
        "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":120,\"pace\":10}");
    Await.until(
        "first tokens",
        SOON,
        () -> read("completions", "from-kcat").contains("\"type\":\"tokens\""));

    publish(
        "rules",
        "by-kcat",
        "{\"rule\":\"by-kcat\",\"model\":\"tokfsm\",\"do\":[{\"activate\":[\"L1.mlp:7\"]}],"
            + "\"author\":\"kcat\"}");

    Await.until(
        "acknowledgement",
        SOON,
        () -> {
          String acks = read("rule-acks", "by-kcat");
          return acks.contains("\"kind\":\"accepted\"")
              && acks.contains("\"kind\":\"applied\"")
              && acks.contains("\"request\":\"from-kcat\"");
        });
    Await.until(
        "end of the completion",
        SOON,
        () -> read("completions", "from-kcat").contains("\"reason\":\"length\""));
    assertThat(read("completions", "from-kcat")).contains("\"steered\":true");
  }

  @Test
  void shouldAnswerRefusedPromptUnderCallersKey() {
    publish("prompts", "bad-model", "{\"model\":\"no-such-model\",\"text\":\"12\"}");

    Await.until(
        "refusal", SOON, () -> read("completions", "bad-model").contains("\"reason\":\"refused\""));
    assertThat(read("dead-letters", "bad-model")).contains("no-such-model");
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

  /// The values of a key so far; kcat reads committed records unless told otherwise.
  private String read(String topic, String key) {
    Output output =
        kcat.run(
            "",
            "-C",
            "-b",
            up.bootstrap(),
            "-t",
            "steerage.default." + topic,
            "-o",
            "beginning",
            "-e",
            "-q",
            "-f",
            "%k\\t%s\\n");
    assertThat(output.status()).as(output.stderr()).isZero();
    return output
        .stdout()
        .lines()
        .filter(line -> line.startsWith(key + "\t"))
        .reduce("", (all, line) -> all + line + "\n");
  }
}
