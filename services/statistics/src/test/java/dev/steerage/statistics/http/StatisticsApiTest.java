package dev.steerage.statistics.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.statistics.StatisticsAnswer;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsException;
import dev.steerage.statistics.StatisticsMetrics;
import dev.steerage.statistics.StatisticsQueries;
import dev.steerage.statistics.window.LiveStatistics;
import dev.steerage.testkit.Await;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the API answers in each state, and what it does not let clients do.
@Timeout(30)
class StatisticsApiTest {
  private static final CodeStatistics WINDOW =
      new CodeStatistics(
          "m",
          "L0.mlp",
          10_000,
          20_000,
          false,
          4,
          4,
          0,
          10,
          1,
          0,
          0.9,
          0,
          List.of(new CodeStatistics.CodeCount(3, 4)));

  private final StatisticsMetrics metrics = new StatisticsMetrics(new PrometheusRegistry());
  private final AtomicReference<StatisticsQueries> queries = new AtomicReference<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private StatisticsApi api;

  @BeforeEach
  void start() {
    api =
        StatisticsApi.start(
            StatisticsConfig.of("b:1", Path.of("unused"))
                .withApi(new StatisticsConfig.Api(0, 2, Duration.ofMillis(700))),
            metrics,
            () -> Optional.ofNullable(queries.get()));
  }

  @AfterEach
  void stop() {
    api.close();
  }

  /// Always the same answer.
  private record Fixed(StatisticsAnswer answer, String state) implements StatisticsQueries {
    @Override
    public StatisticsAnswer window(TenantId tenant, String model, String site, long windowMs) {
      return answer;
    }

    @Override
    public StatisticsAnswer windows(TenantId tenant, String model, long windowMs) {
      return answer;
    }
  }

  @Test
  void shouldAskToWaitUntilStarted() {
    HttpResponse<String> answer = get("/statistics/acme/m/L0.mlp");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(get("/health").statusCode()).isEqualTo(503);
    assertThat(get("/health").body()).contains("\"state\":\"STARTING\"");
  }

  @Test
  void shouldAskToWaitWhileCountsAreRestored() {
    queries.set(new Fixed(new StatisticsAnswer.NotReady("REBALANCING"), "REBALANCING"));
    assertThat(get("/statistics/acme/m/L0.mlp").statusCode()).isEqualTo(503);
    assertThat(get("/statistics/acme/m").body()).contains("REBALANCING");
    assertThat(get("/health").statusCode()).isEqualTo(503);
  }

  @Test
  void shouldAnswerWindowWithOffsetAndAge() {
    LiveStatistics live = new LiveStatistics(WINDOW, 77, System.currentTimeMillis() - 5_000);
    queries.set(new Fixed(new StatisticsAnswer.Found(List.of(live)), "RUNNING"));
    HttpResponse<String> one = get("/statistics/acme/m/L0.mlp?window=10000");
    assertThat(one.statusCode()).isEqualTo(200);
    assertThat(one.body())
        .contains("\"nextOffset\":77", "\"complete\":false", "\"activations\":4", "\"ageMs\":")
        .contains("\"top\":[{\"code\":3,\"count\":4}]");
    assertThat(get("/statistics/acme/m").body()).startsWith("{\"windows\":[{\"model\":\"m\"");
    assertThat(get("/health").body()).contains("\"ready\":true");
  }

  @Test
  void shouldNameOtherInstancesWhenNothingIsHeldHere() {
    queries.set(new Fixed(new StatisticsAnswer.Unknown(List.of("http://127.0.0.1:9")), "RUNNING"));
    HttpResponse<String> answer = get("/statistics/acme/m/L0.mlp");
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("\"elsewhere\":[\"http://127.0.0.1:9\"]");
  }

  @Test
  void shouldRefuseWhatIsNoQuestion() {
    queries.set(new Fixed(new StatisticsAnswer.Unknown(List.of()), "RUNNING"));
    assertThat(get("/statistics/acme").statusCode()).isEqualTo(400);
    assertThat(get("/statistics/ACME/m/L0.mlp").statusCode()).isEqualTo(400);
    assertThat(get("/statistics/acme/m/L0.mlp?window=ten").statusCode()).isEqualTo(400);
    assertThat(get("/statistics/acme/m/L0.mlp?what=10").statusCode()).isEqualTo(400);
    assertThat(get("/statistics/acme/m/L0.mlp/more").statusCode()).isEqualTo(400);
    assertThat(get("/else").statusCode()).isEqualTo(404);
    HttpRequest post =
        HttpRequest.newBuilder(uri("/health"))
            .POST(HttpRequest.BodyPublishers.ofString("x"))
            .build();
    assertThat(send(post).statusCode()).isEqualTo(405);
  }

  @Test
  void shouldShowMetricsAsPrometheusText() {
    metrics.counted(12);
    metrics.logged(34);
    assertThat(get("/metrics").body())
        .contains("# TYPE steering_statistics_activations_total counter")
        .contains("steering_statistics_activations_total 12.0")
        .contains("steering_statistics_changelog_bytes_total 34.0")
        .contains("steering_statistics_late_dropped_total 0.0");
  }

  @Test
  void shouldCutSlowClientsAndStayOpenForOthers() throws IOException {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 10; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), api.port());
        socket
            .getOutputStream()
            .write("GET /health HTTP/1.1\r\nHost".getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        slow.add(socket);
      }
      // At the limit the server closes; after the time limit it closes the ones that hold places.
      for (Socket socket : slow) {
        socket.setSoTimeout(5_000);
        assertThat(endOf(socket)).isTrue();
      }
      Await.untilAsserted(
          "an answer to an honest client",
          Duration.ofSeconds(5),
          () -> assertThat(get("/health").body()).contains("STARTING"));
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }

  private static boolean endOf(Socket socket) {
    try {
      return socket.getInputStream().read() == -1;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  void shouldSayThatPortIsTaken() {
    StatisticsConfig taken =
        StatisticsConfig.of("b:1", Path.of("unused"))
            .withApi(StatisticsConfig.Api.onPort(api.port()));
    assertThatThrownBy(() -> StatisticsApi.start(taken, metrics, Optional::empty))
        .isInstanceOf(StatisticsException.class)
        .hasMessageContaining(Integer.toString(api.port()));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + api.port() + path);
  }

  private HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("no answer: " + request.uri(), e);
    }
  }
}
