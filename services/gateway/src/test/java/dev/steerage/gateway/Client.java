package dev.steerage.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A caller of a gateway. Every JSON answer is checked against the contract.
final class Client {
  private static final Contract CONTRACT = new Contract();
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http = HttpClient.newHttpClient();
  private final URI address;
  private final Optional<String> key;

  Client(URI address, Optional<String> key) {
    this.address = address;
    this.key = key;
  }

  /// An answer.
  record Reply(int status, Map<String, List<String>> headers, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    String code() {
      return json().at("/error/code").asString("");
    }

    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name)).map(List::getFirst);
    }
  }

  /// One server-sent event.
  record Event(String name, String id, String data) {
    JsonNode json() {
      return JSON.readTree(data);
    }
  }

  Reply get(String path, String... headers) {
    return send("GET", path, Optional.empty(), headers);
  }

  Reply post(String path, String body, String... headers) {
    return send("POST", path, Optional.of(body), headers);
  }

  Reply put(String path, String body, String... headers) {
    return send("PUT", path, Optional.of(body), headers);
  }

  Reply delete(String path, String... headers) {
    return send("DELETE", path, Optional.empty(), headers);
  }

  Reply send(String method, String path, Optional<String> body, String... headers) {
    try {
      HttpResponse<String> response =
          http.send(request(method, path, body, headers), HttpResponse.BodyHandlers.ofString());
      Reply reply = new Reply(response.statusCode(), response.headers().map(), response.body());
      check(method, path, reply);
      return reply;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private static void check(String method, String path, Reply reply) {
    if (reply.header("content-type").filter("application/json"::equals).isPresent()) {
      String plain = path.replaceAll("\\?.*", "");
      assertThat(CONTRACT.problems(method, plain, reply.status(), reply.json()))
          .as("%s %s %s against the contract: %s", method, path, reply.status(), reply.body())
          .isEmpty();
    }
  }

  private HttpRequest request(
      String method, String path, Optional<String> body, String... headers) {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(address.resolve(path))
            .timeout(TIMEOUT)
            .method(
                method,
                body.map(HttpRequest.BodyPublishers::ofString)
                    .orElseGet(HttpRequest.BodyPublishers::noBody));
    if (body.isPresent() && !List.of(headers).contains("Content-Type")) {
      builder.header("Content-Type", "application/json");
    }
    key.ifPresent(value -> builder.header("Authorization", "Bearer " + value));
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder.build();
  }

  /// Follows a stream until an event is the last, or it ends.
  List<Event> follow(String path, Predicate<Event> isLast, String... headers) {
    return events(request("GET", path, Optional.empty(), headers), isLast);
  }

  /// Posts and follows what is streamed back, to its end.
  List<Event> stream(String path, String body) {
    return events(request("POST", path, Optional.of(body)), event -> event.data().equals("[DONE]"));
  }

  private List<Event> events(HttpRequest request, Predicate<Event> isLast) {
    try {
      HttpResponse<InputStream> response =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      assertThat(response.headers().firstValue("content-type")).hasValue("text/event-stream");
      try (var reader =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        return read(reader, isLast);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private static List<Event> read(BufferedReader reader, Predicate<Event> isLast)
      throws IOException {
    List<Event> events = new ArrayList<>();
    String name = "";
    String id = "";
    String data = null;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.startsWith("event: ")) {
        name = line.substring(7);
      } else if (line.startsWith("id: ")) {
        id = line.substring(4);
      } else if (line.startsWith("data: ")) {
        data = line.substring(6);
      } else if (line.isEmpty() && data != null) {
        var event = new Event(name, id, data);
        events.add(event);
        if (isLast.test(event)) {
          return events;
        }
        name = "";
        data = null;
      }
    }
    return events;
  }
}
