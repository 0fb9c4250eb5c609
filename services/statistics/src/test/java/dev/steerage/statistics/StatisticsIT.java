package dev.steerage.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.statistics.window.WindowPlan;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.TopicReader;
import dev.steerage.testkit.WithBroker;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The service on a real broker: statistics equal a recount, and live windows are read.
@WithBroker
@Timeout(120)
class StatisticsIT {
  private static final List<Long> SIZES = List.of(1_000L, 3_000L);
  private static final Duration LONG = Duration.ofSeconds(40);

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void shouldEqualRecountAndAnswerLiveWindows(TestBroker broker) throws Exception {
    TenantId tenant = broker.newTenant();
    SplittableRandom random = new SplittableRandom(3);
    try (var folder = ScratchFolder.create();
        var service = StatisticsService.start(config(broker, folder));
        var statistics = broker.read(Topics.CODE_STATISTICS.of(tenant))) {
      for (int i = 0; i < 300; i++) {
        Histograms record =
            Histograms.of(tenant.name(), "m", random.nextInt(3)).random(random, 3, 200, 20);
        send(broker, record.key(), record.bytes());
      }
      send(broker, tenant.name() + "/m/0", new byte[] {1, 2, 3});
      Histograms live = Histograms.of(tenant.name(), "live", 0).positions(2).add(4, 9, 3, 2);
      send(broker, live.key(), live.bytes());

      String path = "/statistics/" + tenant + "/live/L4.mlp?window=3000";
      Await.untilAsserted(
          "the live window",
          LONG,
          () ->
              assertThat(get(service, path).body())
                  .contains("\"activations\":2", "\"site\":\"L4.mlp\"", "\"nextOffset\":"));
      assertThat(get(service, "/statistics/" + tenant + "/live").body()).contains("\"windows\":[");
      assertThat(get(service, "/statistics/" + tenant + "/none").statusCode()).isEqualTo(404);
      assertThat(get(service, "/statistics/NOT/none").statusCode()).isEqualTo(400);
      assertThat(get(service, "/health").body()).contains("\"state\":\"RUNNING\"");

      checkFinals(broker, tenant, statistics);
      assertThat(get(service, "/metrics").body())
          .contains("steering_statistics_late_dropped_total 0.0")
          .contains("steering_statistics_rejected_total{reason=\"corrupt\"} 1.0");
    }
    try (var dead = broker.read(Topics.DEAD_LETTERS.of(tenant))) {
      assertThat(dead.toEnd()).hasSize(1);
    }
  }

  @Test
  void shouldRestoreLiveWindowsAfterCleanRestart(TestBroker broker) {
    TenantId tenant = broker.newTenant();
    WindowPlan day = WindowPlan.of(List.of(Duration.ofDays(1)), Duration.ZERO);
    Histograms record = Histograms.of(tenant.name(), "m", 0).positions(5).add(0, 50, 7, 5);
    try (var folder = ScratchFolder.create();
        var other = ScratchFolder.create()) {
      StatisticsConfig config =
          config(broker, folder).withWindows(day).withApplicationId("day-" + tenant);
      try (var service = StatisticsService.start(config)) {
        send(broker, record.key(), record.bytes());
        send(broker, record.key(), record.bytes());
        Await.until("both records", LONG, () -> activations(service, tenant) == 10);
      }
      try (var service = StatisticsService.start(config.withStateDir(other.path()))) {
        assertThat(activations(service, tenant)).isEqualTo(10);
        send(broker, record.key(), record.bytes());
        Await.until("the third record", LONG, () -> activations(service, tenant) == 15);
      }
    }
  }

  private static long activations(StatisticsService service, TenantId tenant) {
    return switch (service.queries().window(tenant, "m", "L0.mlp", 86_400_000L)) {
      case StatisticsAnswer.Found found -> found.windows().getFirst().statistics().activations();
      case StatisticsAnswer.Unknown _ -> 0;
      case StatisticsAnswer.NotReady notReady -> throw new AssertionError(notReady);
    };
  }

  private static void checkFinals(
      TestBroker broker, TenantId tenant, TopicReader<String, CodeStatistics> statistics) {
    Recount recount = InputRecount.of(broker.bootstrap(), SIZES, tenant.name());
    var finals =
        statistics.awaitCount(
            "final statistics",
            LONG,
            recount.windows().size(),
            record -> record.value().complete());
    assertThat(finals).hasSameSizeAs(recount.windows());
    assertThat(finals.stream().map(record -> record.key())).doesNotHaveDuplicates();
    finals.forEach(record -> recount.check(tenant.name(), record.value()));
  }

  private static StatisticsConfig config(TestBroker broker, ScratchFolder folder) {
    return StatisticsConfig.of(broker.bootstrap(), folder.path())
        .withWindows(new WindowPlan(SIZES, 200));
  }

  private static void send(TestBroker broker, String key, byte[] value) {
    broker.send(
        new ProducerRecord<>(
            Topics.HISTOGRAMS.name(), key.getBytes(StandardCharsets.UTF_8), value));
  }

  private HttpResponse<String> get(StatisticsService service, String path) {
    try {
      return http.send(
          HttpRequest.newBuilder(URI.create(service.apiAddress() + path)).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException e) {
      throw new AssertionError("no answer: " + path, e);
    }
  }
}
