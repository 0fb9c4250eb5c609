package dev.steerage.cli.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Labels and scores of codes whose meaning is known, by a model of a few lines: it calls passages
/// after the token that is marked most, and takes a description to fit the tokens that it names.
class ModelLabellerTest {
  private static final Pattern LINE = Pattern.compile("(?m)^(\\d+)\\. .*?\\[\\[(.*?)]]");
  private static final List<String> WORDS = List.of("dog", "the", "a", "sits", "in", "on");

  private final CountDownLatch over = new CountDownLatch(1);
  private final List<String> keys = new ArrayList<>();
  private HttpServer server;
  private UnaryOperator<String> model = ModelLabellerTest::answer;
  private int status = 200;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    over.countDown();
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    var body = Json.parse(exchange.getRequestBody().readAllBytes(), 1 << 20);
    assertThat(body.at("/temperature").asDouble()).isZero();
    assertThat(body.at("/max_tokens").asInt()).isPositive();
    String said = model.apply(body.at("/messages/0/content").asString());
    byte[] answer =
        status == 200
            ? Json.write(
                out ->
                    out.allObjects(
                        "choices",
                        List.of(said),
                        (choice, text) ->
                            choice.object("message", message -> message.text("content", text))))
            : Json.write(out -> out.object("error", error -> error.text("message", said)));
    exchange.sendResponseHeaders(status, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static String answer(String question) {
    Matcher lines = LINE.matcher(question);
    Map<Integer, String> marked =
        lines
            .results()
            .collect(Collectors.toMap(m -> Integer.parseInt(m.group(1)), m -> m.group(2)));
    if (!question.startsWith("Description: ")) {
      return marked.values().stream()
          .collect(Collectors.groupingBy(token -> token, Collectors.counting()))
          .entrySet()
          .stream()
          .max(Map.Entry.comparingByValue())
          .orElseThrow()
          .getKey();
    }
    String label = question.lines().findFirst().orElseThrow().substring("Description: ".length());
    return marked.entrySet().stream()
        .filter(each -> each.getValue().equals(label))
        .map(each -> each.getKey().toString())
        .collect(Collectors.joining(", "));
  }

  private ModelEndpoint endpoint(Optional<String> key, Duration timeout) {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1/");
    return new ModelEndpoint(base, "planted", key, timeout);
  }

  private ModelLabeller.Labelled label(List<Passage> firing) {
    try (ModelEndpoint endpoint = endpoint(Optional.empty(), Duration.ofSeconds(20))) {
      return new ModelLabeller(endpoint).label(firing, anything(20));
    }
  }

  private static List<Passage> anything(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Passage("some ", WORDS.get(i % WORDS.size()), " words"))
        .toList();
  }

  /// Passages of a code that fires on cats, and on other tokens every so often.
  private static List<Passage> cats(int every) {
    return IntStream.range(0, 40)
        .mapToObj(
            i -> new Passage("1. the\n", i % every == every - 1 ? WORDS.get(i % 6) : "cat", " sat"))
        .toList();
  }

  @Test
  void shouldScoreALabelByWhatItSaysOfOtherPassages() {
    ModelLabeller.Labelled right = label(cats(100));
    ModelLabeller.Labelled often = label(cats(5));
    ModelLabeller.Labelled none = label(anything(40));

    assertThat(right).isEqualTo(new ModelLabeller.Labelled("cat", 1));
    assertThat(often.text()).isEqualTo("cat");
    assertThat(often.score()).isBetween(0.7, 0.9);
    assertThat(none.score()).as("fires on anything").isLessThan(0.2);
  }

  @Test
  void shouldScoreAWrongLabelAndOneOfEverythingWithNothing() {
    try (ModelEndpoint endpoint = endpoint(Optional.empty(), Duration.ofSeconds(20))) {
      var labeller = new ModelLabeller(endpoint);
      assertThat(labeller.score("dragon", cats(100), anything(40))).isZero();
      model = _ -> IntStream.rangeClosed(1, 80).mapToObj(Integer::toString).toList().toString();
      assertThat(labeller.score("anything", cats(100), anything(40))).isZero();
    }
  }

  @Test
  void shouldSendAKeyToItsHostOnlyAndNeverUnprotectedToAnother() {
    try (ModelEndpoint endpoint = endpoint(Optional.of("secret"), Duration.ofSeconds(20))) {
      new ModelLabeller(endpoint).label(cats(100), anything(20));
    }
    assertThat(keys).hasSize(2).containsOnly("Bearer secret");
    assertThatThrownBy(
            () ->
                new ModelEndpoint(
                    URI.create("http://192.0.2.1/v1"),
                    "m",
                    Optional.of("secret"),
                    Duration.ofSeconds(1)))
        .hasMessageContaining("https")
        .hasMessageNotContaining("secret");
  }

  @Test
  void shouldSayWhyThereIsNoLabel() {
    model = _ -> "overloaded";
    status = 503;
    assertRefused(ExitCode.REFUSED, "status=503, overloaded");
    status = 200;
    model = _ -> " \n ";
    assertRefused(ExitCode.REFUSED, "empty");
    model = _ -> "x".repeat(300_000);
    assertRefused(ExitCode.UNREACHABLE, "largest answer");
    model = _ -> "x".repeat(1_000);
    assertThat(label(cats(100)).text()).hasSize(200);
  }

  private void assertRefused(ExitCode code, String why) {
    assertThatThrownBy(() -> label(cats(100)))
        .isInstanceOfSatisfying(CliException.class, e -> assertThat(e.exitCode()).isEqualTo(code))
        .hasMessageContaining(why);
  }

  @Test
  void shouldWaitNoLongerThanItsLimit() {
    model =
        _ -> {
          try {
            over.await();
          } catch (InterruptedException e) {
            throw new UncheckedIOException(new IOException(e));
          }
          return "late";
        };
    try (ModelEndpoint endpoint = endpoint(Optional.empty(), Duration.ofMillis(200))) {
      assertThatThrownBy(() -> endpoint.ask("question", 10))
          .isInstanceOfSatisfying(
              CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TIMEOUT));
    }
  }
}
