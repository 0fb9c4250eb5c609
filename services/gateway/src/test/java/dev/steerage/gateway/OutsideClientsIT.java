package dev.steerage.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.testkit.OutsideTool;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Programs of others, unchanged: OpenAI's client for npm, curl, Prometheus' checker.
@Tag("peripheral")
@WithBroker
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OutsideClientsIT {
  private static final Path SCRIPT = Path.of("src", "test", "npm", "client.mjs");

  // Where CI installs it: what others wrote is no source of ours.
  private static final Path NPM = Path.of("target", "npm");

  private Installation installation;

  @BeforeAll
  void start(TestBroker broker) throws InterruptedException {
    installation = new Installation(broker);
  }

  @AfterAll
  void stop() {
    installation.close();
  }

  @Test
  void shouldServeOpenAisOwnClient() throws IOException {
    OutsideTool node = OutsideTool.need("node");
    OutsideTool.needInstalled(NPM.resolve("node_modules").resolve("openai"));
    // Beside the package, where it is looked for.
    Path script = NPM.resolve("client.mjs");
    Files.copy(SCRIPT, script, StandardCopyOption.REPLACE_EXISTING);

    OutsideTool.Output output =
        node.run("", script.toString(), installation.address() + "/v1", "tokfsm");

    assertThat(output.status()).as(output.stderr()).isZero();
    JsonNode seen = new JsonMapper().readTree(output.stdout());
    String text = seen.get("text").asString();
    assertThat(text).matches("[0-9]{6}");
    assertThat(seen.get("models").toString()).isEqualTo("[\"tokfsm\"]");
    assertThat(seen.get("logprobs").asInt()).isEqualTo(6);
    assertThat(seen.at("/usage/total_tokens").asInt()).isEqualTo(11);
    assertThat(seen.get("streamed").asString()).isEqualTo(text);
    assertThat(seen.at("/streamedUsage/total_tokens").asInt()).isEqualTo(11);
    assertThat(seen.get("revision").isIntegralNumber()).isTrue();
    assertThat(seen.get("chat").asString()).isEqualTo(text);
    assertThat(seen.get("chatFinal").asString()).isEqualTo(text);
    assertThat(seen.get("notFound").asString()).isEqualTo("model_not_found");
    assertThat(seen.get("badRequest").asString()).isEqualTo("logit_bias");
  }

  @Test
  void shouldStreamToCurl() {
    OutsideTool.Output output =
        OutsideTool.need("curl")
            .run(
                "",
                "-sSN",
                "--fail",
                "--json",
                "{\"model\":\"tokfsm\",\"prompt\":\"4891\",\"max_tokens\":3,\"stream\":true}",
                installation.address() + "/v1/completions");

    assertThat(output.status()).as(output.stderr()).isZero();
    assertThat(output.stdout().strip()).endsWith("data: [DONE]");
  }

  @Test
  void shouldSayMetricsAsPrometheusWantsThem() {
    installation.client().get("/v1/models");
    String metrics = installation.client().get("/metrics").body();

    OutsideTool.Output output = OutsideTool.need("promtool").run(metrics, "check", "metrics");

    assertThat(output.status()).as(output.stdout() + output.stderr()).isZero();
    assertThat(output.stdout() + output.stderr()).isBlank();
  }
}
