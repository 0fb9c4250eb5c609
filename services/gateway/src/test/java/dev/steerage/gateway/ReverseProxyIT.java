package dev.steerage.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.access.KeyFile;
import dev.steerage.gateway.access.Role;
import dev.steerage.testkit.Await;
import dev.steerage.testkit.OutsideTool;
import dev.steerage.testkit.OutsideTool.Following;
import dev.steerage.testkit.OutsideTool.Output;
import dev.steerage.testkit.TestBroker;
import dev.steerage.testkit.WithBroker;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/// HTTPS as the README says: nginx with the README's own lines in front of a gateway with keys, and
/// curl as a client that checks the certificate.
@Tag("peripheral")
@WithBroker
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReverseProxyIT {
  private static final int TOKENS = 40;
  private static final Pattern SETTINGS =
      Pattern.compile("location / \\{.*?\\n}", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern INDEX = Pattern.compile("\"index\":(\\d+)");

  private Installation installation;
  private GatewayService gateway;
  private OutsideTool curl;
  private Following nginx;
  private Path certificate;
  private String key;
  private String address;

  @BeforeAll
  void start(TestBroker broker) throws InterruptedException, IOException {
    OutsideTool proxy = OutsideTool.need("nginx");
    OutsideTool openssl = OutsideTool.need("openssl");
    curl = OutsideTool.need("curl");
    installation = new Installation(broker);
    Path folder = installation.scratch();
    Path keys = folder.resolve("keys.json");
    key = KeyFile.open(keys).create(TenantId.DEFAULT, Role.ADMIN, "ana");
    gateway = installation.start(installation.config().withKeys(keys), Optional.of(key));
    certificate = folder.resolve("certificate.pem");
    int port = freePort();
    address = "https://localhost:" + port;
    Output made =
        openssl.run(
            "",
            "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
                .concat(" -keyout " + folder.resolve("key.pem") + " -out " + certificate)
                .split(" "));
    assertThat(made.status()).as(made.stderr()).isZero();
    Path settings = Files.writeString(folder.resolve("nginx.conf"), settings(folder, port));
    nginx = proxy.follow("-p", folder.toString(), "-c", settings.toString());
    Await.until("nginx", Installation.DEADLINE, () -> curl("/health").status() == 0);
  }

  @AfterAll
  void stop() {
    if (nginx != null) {
      nginx.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    if (installation != null) {
      installation.close();
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// A server block around the lines that the README tells people to use.
  private String settings(Path folder, int port) throws IOException {
    Matcher lines = SETTINGS.matcher(Files.readString(Path.of("README.md")));
    assertThat(lines.find()).as("nginx's settings in README.md").isTrue();
    String location = lines.group().replace("127.0.0.1:8642", gateway.address().getAuthority());
    assertThat(location).contains(gateway.address().getAuthority());
    return """
    daemon off;
    master_process off;
    pid nginx.pid;
    error_log stderr warn;
    events {}
    http {
      access_log off;
      client_body_temp_path body;
      proxy_temp_path proxy;
      fastcgi_temp_path fastcgi;
      uwsgi_temp_path uwsgi;
      scgi_temp_path scgi;
      server {
        listen 127.0.0.1:%d ssl http2;
        server_name localhost;
        ssl_certificate %s;
        ssl_certificate_key %s;
        %s
      }
    }
    """
        .formatted(port, certificate, folder.resolve("key.pem"), location);
  }

  private String[] arguments(String path, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("-sSN", "--cacert", certificate.toString(), "--max-time", "60"));
    arguments.addAll(List.of(more));
    // nginx refuses two keys itself.
    if (arguments.stream().noneMatch(each -> each.startsWith("Authorization"))) {
      arguments.addAll(List.of("-H", "Authorization: Bearer " + key));
    }
    arguments.add(address + path);
    return arguments.toArray(String[]::new);
  }

  private Output curl(String path, String... more) {
    return curl.run("", arguments(path, more));
  }

  private String status(String path, String... more) {
    List<String> all = new ArrayList<>(List.of("-o", "/dev/null", "-w", "%{http_code}"));
    all.addAll(List.of(more));
    return curl(path, all.toArray(String[]::new)).stdout();
  }

  private String events(String request, int pace) {
    String prompt =
        "{\"request\":\"%s\",\"model\":\"tokfsm\",\"text\":\"48\",\"maxTokens\":%d,\"pace\":%d}"
            .formatted(request, TOKENS, pace);
    Output reply = curl("/api/v1/prompts", "--json", prompt);
    return new JsonMapper().readTree(reply.stdout()).get("events").asString();
  }

  private static List<Integer> indexes(List<String> lines) {
    return INDEX
        .matcher(String.join("\n", lines))
        .results()
        .map(found -> Integer.parseInt(found.group(1)))
        .toList();
  }

  @Test
  void shouldServeOverTlsWithKeysAndItsOwnOrigin() {
    assertThat(curl("/health", "-w", " %{http_version}").stdout()).endsWith(" 2");
    assertThat(curl("/v1/models").stdout()).contains("tokfsm");
    assertThat(status("/v1/models", "-H", "Authorization: Bearer other")).isEqualTo("401");
    String rule = "{\"model\":\"tokfsm\",\"do\":[{\"ban\":[\"L0.mlp:9\"]}]}";
    assertThat(
            status(
                "/api/v1/rules/proxied", "-X", "PUT", "--json", rule, "-H", "Origin: " + address))
        .isEqualTo("200");
    assertThat(
            status(
                "/api/v1/rules/proxied",
                "-X",
                "PUT",
                "--json",
                rule,
                "-H",
                "Origin: https://other.example"))
        .isEqualTo("403");
  }

  @Test
  void shouldPassEventsOnAtOnceAndResume() {
    String events = events("proxied", 8);
    List<String> before;
    try (Following first = curl.follow(arguments(events))) {
      Await.until(
          "the first tokens", Installation.DEADLINE, () -> indexes(first.lines()).size() > 3);
      before = first.lines();
      // Tokens come eight a second: what is held back would come with the end.
      assertThat(String.join("\n", before)).doesNotContain("event: finished");
    }
    int end = before.lastIndexOf("");
    List<String> whole = before.subList(0, end);
    String last =
        whole.stream().filter(line -> line.startsWith("id: ")).toList().getLast().substring(4);

    List<String> after = curl(events, "-H", "Last-Event-ID: " + last).stdout().lines().toList();

    List<Integer> all = new ArrayList<>(indexes(whole));
    all.addAll(indexes(after));
    assertThat(all).isEqualTo(IntStream.range(0, TOKENS).boxed().toList());
    assertThat(after).contains("event: finished", "event: end");
  }

  @Test
  void shouldRefuseWhatIsTooLarge() throws IOException {
    Path large = installation.scratch().resolve("large.json");
    Files.writeString(large, "{\"model\":\"tokfsm\",\"text\":\"" + "4".repeat(600_000) + "\"}");

    assertThat(curl("/api/v1/prompts", "--json", "@" + large).stdout()).contains("\"error\"");
    assertThat(status("/api/v1/prompts", "--json", "@" + large)).isEqualTo("413");
    assertThat(status("/health", "--http1.1", "-H", "X-Long: " + "x".repeat(20_000)))
        .isEqualTo("400");
  }
}
