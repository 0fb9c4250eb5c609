package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TopicReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `steerage up --backend cuda` from the outside, on the device that the tests of the kernels
/// emulate: with float32 weights it says what any backend says, bit for bit.
@Tag("long")
@Timeout(300)
class CudaUpSystemTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String PLAIN = "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":24}";
  private static final String PACED =
      "{\"model\":\"tokfsm\",\"text\":\"12\",\"maxTokens\":60,\"pace\":15}";
  private static final String RULE =
      "{\"rule\":\"now\",\"model\":\"tokfsm\",\"match\":{\"request\":\"running\"},"
          + "\"when\":{\"phase\":\"generation\"},\"do\":[{\"activate\":[\"L1.mlp:7\"]}],"
          + "\"author\":\"system-test\"}";

  @Test
  void shouldSayOnADeviceWhatItSaysOnTheProcessorAndSteerARunningRequest() throws Exception {
    assumeThat(Files.exists(Programs.emulatedDevice()))
        .as("an emulated device: a C++ compiler built it with the tests of kernels/ops")
        .isTrue();
    List<Completion.Token> expected;
    try (var data = ScratchFolder.create();
        var up = UpProcess.start(data.path(), "--model", "tokfsm");
        var requests = Requests.connect(up.bootstrap())) {
      requests.prompt("plain", PLAIN);
      requests.awaitFinished("plain", SOON);
      expected = requests.tokens("plain");
    }
    String library = "-Dsteerage.cuda.library=" + Programs.emulatedDevice();
    try (var data = ScratchFolder.create();
        var up =
            UpProcess.start(
                List.of(library), data.path(), "--model", "tokfsm", "--backend", "cuda");
        var requests = Requests.connect(up.bootstrap())) {
      requests.prompt("plain", PLAIN);
      assertThat(requests.awaitStarted("plain", SOON).numericClass()).startsWith("cuda/emulated/");
      requests.awaitFinished("plain", SOON);
      assertThat(requests.tokens("plain"))
          .extracting(Completion.Token::id)
          .isEqualTo(expected.stream().map(Completion.Token::id).toList());
      steer(up, requests);
      assertThat(metrics(up))
          .containsPattern("steerage_worker_device_steps_total\\{model=\"tokfsm\"} [1-9]")
          .containsPattern("steerage_worker_device_rows_total\\{model=\"tokfsm\"} [1-9]")
          .containsPattern("steerage_worker_device_bytes\\{model=\"tokfsm\",use=\"batch\"} [1-9]")
          .containsPattern("steerage_worker_device_free_bytes\\{model=\"tokfsm\"} [1-9]");
    }
  }

  private static String metrics(UpProcess up) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(up.console() + "metrics")).build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static void steer(UpProcess up, Requests requests) {
    try (var acks = TopicReader.committed(up.bootstrap(), Topics.RULE_ACKS.of(TenantId.DEFAULT))) {
      requests.prompt("running", PACED);
      requests.awaitToken("running", 3, SOON);
      requests.rule("now", RULE);
      RuleAck applied =
          acks.await("applied", SOON, ack -> ack.value().kind() == RuleAck.Kind.APPLIED).value();
      requests.awaitFinished("running", SOON);
      List<Completion.Token> tokens = requests.tokens("running");
      int first = applied.tokenIndex().orElseThrow();
      assertThat(tokens.subList(0, first)).noneMatch(Completion.Token::steered);
      assertThat(tokens.subList(first, tokens.size()))
          .isNotEmpty()
          .allMatch(Completion.Token::steered);
    }
  }

  @Test
  void shouldNotStartWithoutTheDeviceThatWasAskedFor() {
    List<String> flags = List.of("-Dsteerage.cuda.library=no-such-library.so");
    try (var data = ScratchFolder.create()) {
      assertThatThrownBy(
              () -> UpProcess.start(flags, data.path(), "--model", "tokfsm", "--backend", "cuda"))
          .isInstanceOf(Error.class)
          .hasMessageContaining("no-such-library.so does not load here");
    }
  }
}
