package dev.steerage.gateway.benchmark;

import dev.steerage.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Many streams of the same events at once.
final class ManyReaders {
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int TOKENS = 100;
  private static final int PACE = 10;

  private final UpInstance up;
  private final URI address;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicLong events = new AtomicLong();

  ManyReaders(UpInstance up) {
    this.up = up;
    address = URI.create(up.gateway());
  }

  List<String> run(int readers) throws IOException, InterruptedException {
    long before = up.residentMib();
    List<Socket> sockets = new ArrayList<>();
    long start = System.nanoTime();
    for (int i = 0; i < readers; i++) {
      var socket = new Socket(address.getHost(), address.getPort());
      sockets.add(socket);
      Thread.ofVirtual().start(() -> read(socket));
    }
    Await.until("all streams", DEADLINE, () -> open.get() == readers);
    double opened = (System.nanoTime() - start) / 1e9;
    long begun = System.nanoTime();
    long oneSaw = follow();
    Await.until("the end for all", DEADLINE, () -> finished.get() == readers);
    double lag = (System.nanoTime() - oneSaw) / 1e6;
    double seconds = (System.nanoTime() - begun) / 1e9;
    long after = up.residentMib();
    for (Socket socket : sockets) {
      socket.close();
    }
    return List.of(
        "| readers | opened in s | events each | events/s in all | last reader after the first, ms"
            + " | memory of up before, MiB | with all readers, MiB |",
        "|---|---|---|---|---|---|---|",
        "| %d | %.1f | %d | %.0f | %.0f | %d | %d |"
            .formatted(
                readers,
                opened,
                events.get() / readers,
                events.get() / seconds,
                lag,
                before,
                after));
  }

  /// Sends a prompt whose tokens all readers see; when one that follows it alone saw its end.
  private long follow() throws IOException, InterruptedException {
    String body =
        "{\"model\":\"tokfsm\",\"prompt\":\"4891\",\"max_tokens\":"
            + TOKENS
            + ",\"stream\":true,\"steering\":{\"pace\":"
            + PACE
            + "}}";
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve("/v1/completions"))
            .version(HttpClient.Version.HTTP_1_1)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    return System.nanoTime();
  }

  private void read(Socket socket) {
    String follow = "GET /api/v1/events?topics=completions HTTP/1.1\r\nHost: localhost\r\n\r\n";
    try (var reader =
        new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 2_048)) {
      socket.getOutputStream().write(follow.getBytes(StandardCharsets.UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("retry: ")) {
          open.incrementAndGet();
        } else if (line.startsWith("event: ")) {
          events.incrementAndGet();
          if (line.endsWith("finished")) {
            finished.incrementAndGet();
          }
        }
      }
    } catch (IOException e) {
      // Closed at the end of the measurement; one that is cut off is missed by the count.
    }
  }
}
