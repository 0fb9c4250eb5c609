package dev.steerage.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.Client.Event;
import dev.steerage.gateway.Client.Reply;
import dev.steerage.gateway.access.KeyFile;
import dev.steerage.gateway.access.Role;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.ScratchFolder;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// Who may do what, and what happens at the limits; needs a broker only.
@WithBroker(tenants = {"acme", "beta", "gone"})
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayLimitsIT {
  private static final TenantId ACME = new TenantId("acme");
  private static final TenantId BETA = new TenantId("beta");
  private static final TenantId GONE = new TenantId("gone");
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int RING_BYTES = 256 * 1024;
  // Small, so that each is reached in a test.
  private static final GatewayLimits LIMITS =
      new GatewayLimits(
          64,
          16,
          4_096,
          16_384,
          Duration.ofSeconds(1),
          3,
          2,
          4,
          Duration.ofSeconds(5),
          16,
          8 * RING_BYTES,
          2,
          65_536,
          50,
          1_000);

  private static final GatewayLimits FEW_CONNECTIONS =
      new GatewayLimits(
          4,
          16,
          4_096,
          16_384,
          Duration.ofSeconds(20),
          3,
          2,
          4,
          Duration.ofSeconds(5),
          16,
          RING_BYTES,
          2,
          65_536,
          50,
          1_000);
  private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private TestBroker broker;
  private ScratchFolder folder;
  private KeyFile keys;
  private GatewayService open;
  private GatewayService keyed;

  @BeforeAll
  void start(TestBroker started) {
    broker = started;
    folder = ScratchFolder.create();
    keys = KeyFile.open(folder.path().resolve("keys.json"));
    GatewayConfig config =
        GatewayConfig.of(broker.bootstrap(), Optional.empty())
            .withTenants(List.of(ACME, BETA, GONE))
            .withLimits(LIMITS);
    open = GatewayService.start(config);
    keyed = GatewayService.start(config.withKeys(folder.path().resolve("keys.json")));
  }

  @AfterAll
  void stop() {
    keyed.close();
    open.close();
    folder.close();
  }

  private Client open() {
    return new Client(open.address(), Optional.empty());
  }

  private Client holder(TenantId tenant, Role role) {
    return new Client(keyed.address(), Optional.of(keys.create(tenant, role, role.word())));
  }

  /// What comes back for these bytes.
  private static String raw(URI address, String request) {
    try (var socket = new Socket(address.getHost(), address.getPort())) {
      socket.setSoTimeout((int) DEADLINE.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "closed: " + e.getMessage();
    }
  }

  @Test
  void shouldAnswerOnlyToItsOwnNames() {
    String path = "GET /health HTTP/1.1\r\nConnection: close\r\nHost: ";

    assertThat(raw(open.address(), path + "rebound.example\r\n\r\n")).startsWith("HTTP/1.1 403");
    assertThat(raw(open.address(), path + "localhost:1\r\n\r\n")).startsWith("HTTP/1.1 200");
  }

  @Test
  void shouldAnswerBehindAProxyThatSpeaksTls() {
    String key = keys.create(ACME, Role.VIEWER, "proxied");
    String passed =
        "GET /api/v1/whoami HTTP/1.1\r\nConnection: close\r\nHost: steerage.example\r\n"
            + "Origin: https://steerage.example\r\nSec-Fetch-Site: same-origin\r\n";

    assertThat(raw(keyed.address(), passed + "Authorization: Bearer " + key + "\r\n\r\n"))
        .startsWith("HTTP/1.1 200");
    assertThat(raw(keyed.address(), passed + "\r\n")).startsWith("HTTP/1.1 401");
    assertThat(raw(keyed.address(), passed.replace("//steerage", "//evil") + "\r\n"))
        .startsWith("HTTP/1.1 403");
  }

  @Test
  void shouldNotListenToOthersWithoutKeys() {
    GatewayConfig config = GatewayConfig.of(broker.bootstrap(), Optional.empty());

    for (String host : List.of("0.0.0.0", "::", "192.0.2.1")) {
      assertThatThrownBy(
              () ->
                  new GatewayConfig(
                      config.bootstrap(),
                      config.client(),
                      host,
                      0,
                      config.tenants(),
                      Optional.empty(),
                      config.aeronDirectory(),
                      config.indexChannel(),
                      config.console(),
                      config.limits()))
          .isInstanceOf(GatewayException.class)
          .hasMessageContaining("host=" + host)
          .hasMessageContaining("--keys");
    }
  }

  @Test
  void shouldLetConnectionsWaitThatAreTooMany() throws IOException {
    List<Socket> held = new ArrayList<>();
    try (var few =
        GatewayService.start(
            GatewayConfig.of(broker.bootstrap(), Optional.empty()).withLimits(FEW_CONNECTIONS))) {
      for (int i = 0; i < 3 * FEW_CONNECTIONS.connections(); i++) {
        var socket = new Socket(few.address().getHost(), few.address().getPort());
        held.add(socket);
        socket.setSoTimeout(300);
        socket.getOutputStream().write(HEALTH.getBytes(StandardCharsets.ISO_8859_1));
      }
      // What is accepted before the limiter looks may be one more.
      long most = FEW_CONNECTIONS.connections() + 1L;
      assertThat(held.stream().filter(GatewayLimitsIT::isAnswered).count()).isBetween(1L, most);
      for (Socket socket : held) {
        socket.close();
      }
      Await.until(
          "an answer when the others are gone",
          DEADLINE,
          () ->
              raw(few.address(), HEALTH.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))
                  .startsWith("HTTP/1.1 200"));
    }
  }

  private static boolean isAnswered(Socket socket) {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void shouldRefusePagesOfOtherOrigins() {
    String own = open.address().toString();
    assertThat(open().get("/api/v1/whoami", "Origin", own).status()).isEqualTo(200);
    assertThat(open().get("/api/v1/whoami", "Origin", "http://evil.example").status())
        .isEqualTo(403);
    assertThat(open().get("/api/v1/whoami", "Origin", "null").status()).isEqualTo(403);
    assertThat(open().get("/api/v1/whoami", "Sec-Fetch-Site", "cross-site").status())
        .isEqualTo(403);
    // A form of a foreign page can send this without asking.
    assertThat(open().post("/api/v1/prompts", "{}", "Content-Type", "text/plain").status())
        .isEqualTo(415);
    assertThat(open().get("/health").header("access-control-allow-origin")).isEmpty();
    assertThat(open().get("/health").header("content-security-policy").orElseThrow())
        .contains("default-src 'none'")
        .doesNotContain("unsafe");
  }

  @Test
  void shouldLetRolesDoWhatTheyMay() {
    var nobody = new Client(keyed.address(), Optional.empty());
    var wrong = new Client(keyed.address(), Optional.of("stg_000000000000_x"));
    Client viewer = holder(ACME, Role.VIEWER);
    Client operator = holder(ACME, Role.OPERATOR);

    assertThat(nobody.get("/health").status()).isEqualTo(200);
    assertThat(nobody.get("/api/v1/whoami").status()).isEqualTo(401);
    assertThat(nobody.get("/metrics").status()).isEqualTo(401);
    assertThat(wrong.get("/api/v1/whoami").body()).isEqualTo(nobody.get("/api/v1/whoami").body());
    assertThat(viewer.get("/api/v1/rules").status()).isEqualTo(200);
    assertThat(viewer.delete("/api/v1/rules/r").status()).isEqualTo(403);
    assertThat(operator.delete("/api/v1/rules/r").status()).isEqualTo(404);
    assertThat(operator.post("/api/v1/prompts/r/replay", "{}").status()).isEqualTo(403);
    assertThat(operator.get("/api/v1/whoami").json().get("name").asString()).isEqualTo("operator");
  }

  @Test
  void shouldNotTellForeignFromAbsent() {
    var finished =
        new Completion.Finished(
            "secret", Completion.Reason.CANCELLED, Optional.empty(), Optional.empty(), 0, 0);
    broker.send(Topics.COMPLETIONS.of(BETA), "secret", finished);
    Client acme = holder(ACME, Role.ADMIN);
    Await.until(
        "the owner to see it",
        DEADLINE,
        () -> holder(BETA, Role.VIEWER).get("/api/v1/prompts/secret").status() == 200);

    for (String path : List.of("/api/v1/prompts/%s", "/api/v1/prompts/%s/events")) {
      Reply foreign = acme.get(path.formatted("secret"));
      Reply absent = acme.get(path.formatted("nowhere"));
      assertThat(foreign.status()).isEqualTo(404);
      assertThat(foreign.body()).isEqualTo(absent.body());
    }
    Reply named = acme.get("/api/v1/whoami?tenant=beta");
    assertThat(named.body()).isEqualTo(acme.get("/api/v1/whoami?tenant=none").body());
    assertThat(named.status()).isEqualTo(404);
  }

  @Test
  void shouldRefuseWhatIsTooLarge() {
    assertThat(open().post("/api/v1/prompts", "{\"x\":\"" + "a".repeat(20_000) + "\"}").status())
        .isEqualTo(413);
    String header = "GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(9_000);
    assertThat(raw(open.address(), header + "\r\n\r\n")).contains(" 431 ").contains("\"error\"");
    assertThat(raw(open.address(), "BREW coffee\r\n\r\n")).contains(" 400 ");
    assertThat(open().get("/api/v1/prompts?limit=0").status()).isEqualTo(400);
    assertThat(open().get("/api/v1/nothing").status()).isEqualTo(404);
    assertThat(open().delete("/health").status()).isEqualTo(405);
    assertThat(open().post("/api/v1/rules/validate", "[1]").status()).isEqualTo(400);
    assertThat(open().post("/api/v1/rules/validate", "{\"a\":1,\"a\":2}").status()).isEqualTo(400);
  }

  @Test
  void shouldCloseAConnectionThatDawdles() {
    String half = "POST /api/v1/prompts HTTP/1.1\r\nHost: localhost\r\n";

    assertThat(raw(open.address(), half)).doesNotContain(" 200 ");
  }

  @Test
  void shouldCutOffAReaderThatDoesNotRead() throws IOException {
    try (var socket = new Socket(open.address().getHost(), open.address().getPort())) {
      String follow =
          "GET /api/v1/events?topics=alerts&tenant=beta HTTP/1.1\r\nHost: localhost\r\n\r\n";
      socket.getOutputStream().write(follow.getBytes(StandardCharsets.ISO_8859_1));
      Await.until("the stream", DEADLINE, () -> metric("open_streams") >= 1);
      double cutOff = metric("readers_cut_off_total");
      // More than the system's buffers of a connection hold.
      for (int i = 0; i < 200; i++) {
        alert(BETA, i, 100_000);
      }
      Await.until("the end", DEADLINE, () -> metric("readers_cut_off_total") > cutOff);
      assertThat(metric("ring_bytes{topic=\"alerts\"}")).isLessThanOrEqualTo(2 * RING_BYTES);
    }
    // Nothing was lost: one who comes later and reads gets them all.
    assertThat(alerts(BETA)).hasSize(200);
  }

  /// Every alert of a tenant, from the first on.
  private List<Event> alerts(TenantId tenant) {
    String path = "/api/v1/events?topics=alerts&tenant=" + tenant.name();
    alert(tenant, 0, 10);
    List<Event> one = new ArrayList<>();
    Thread reader = Thread.ofVirtual().start(() -> one.addAll(open().follow(path, _ -> true)));
    Await.until(
        "an alert that is seen",
        DEADLINE,
        () -> {
          alert(tenant, -1, 10);
          return !reader.isAlive();
        });
    // Its id with every offset at the beginning.
    String first = one.getFirst().id().replaceAll("-\\d+", "-0");
    List<Event> all =
        open()
            .follow(
                path, e -> e.json().get("alert").asString().equals("a--1"), "Last-Event-ID", first);
    return all.stream().filter(e -> e.json().get("message").asString().length() > 10).toList();
  }

  private void alert(TenantId tenant, int number, int characters) {
    broker.send(
        Topics.ALERTS.of(tenant),
        "a",
        new Alert("a-" + number, "limit-hit", "info", "x".repeat(characters), 0, Map.of()));
  }

  @Test
  void shouldKeepNothingOfADeletedTenant() throws Exception {
    String path = "/api/v1/alerts?tenant=" + GONE.name();
    alert(GONE, 7, 10);
    Await.until("its alert", DEADLINE, () -> open().get(path).body().contains("a-7"));

    try (Admin admin = Admin.create(Map.copyOf(broker.clientProperties()))) {
      List<String> topics = Topics.ofTenant().stream().map(kind -> kind.of(GONE).name()).toList();
      admin.deleteTopics(topics).all().get(30, TimeUnit.SECONDS);
    }
    byte[] name = GONE.name().getBytes(StandardCharsets.UTF_8);
    broker.send(new ProducerRecord<>(Topics.TENANTS.name(), name, null));

    Await.until("that it is forgotten", DEADLINE, () -> open().get(path).status() == 503);
    assertThat(open().get(path).body()).contains("tenant_not_provisioned");
    broker.provision(GONE);
    Await.until("another of its name", DEADLINE, () -> open().get(path).status() == 200);
    assertThat(open().get(path).body()).doesNotContain("a-7");
  }

  private double metric(String name) {
    return open()
        .get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("steerage_gateway_" + name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void shouldLimitStreamsOfATenant() {
    try (var first = stream();
        var second = stream();
        var third = stream()) {
      Await.until("three streams", DEADLINE, () -> metric("open_streams") >= 3);

      Reply fourth = open().get("/api/v1/events?topics=rules");

      assertThat(fourth.status()).isEqualTo(429);
      assertThat(fourth.header("retry-after")).hasValue("1");
      assertThat(metric("limits_hit_total")).isPositive();
      assertThat(List.of(first, second, third)).allMatch(Socket::isConnected);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private Socket stream() throws IOException {
    var socket = new Socket(open.address().getHost(), open.address().getPort());
    socket
        .getOutputStream()
        .write(
            "GET /api/v1/events?topics=rules HTTP/1.1\r\nHost: localhost\r\n\r\n"
                .getBytes(StandardCharsets.ISO_8859_1));
    return socket;
  }

  @Test
  void shouldSayWhatIsMissingBehindIt() {
    assertThat(open().get("/ready").status()).isEqualTo(503);
    Reply reply = open().get("/api/v1/index");
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("retry-after")).isPresent();
  }
}
