package dev.steerage.statistics.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.schemas.json.PlatformJson;
import dev.steerage.statistics.StatisticsAnswer;
import dev.steerage.statistics.StatisticsConfig;
import dev.steerage.statistics.StatisticsException;
import dev.steerage.statistics.StatisticsMetrics;
import dev.steerage.statistics.StatisticsQueries;
import dev.steerage.statistics.window.LiveStatistics;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// `GET /statistics/{tenant}/{model}[/{site}]?window=10000`, `/health` and `/metrics`.
public final class StatisticsApi implements AutoCloseable {
  private static final int BACKLOG = 64;
  private static final int BUSY = 503;
  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;
  private static final int OK = 200;
  private static final String JSON = "application/json; charset=utf-8";

  private final HttpServer server;
  private final BoundedThreads threads;
  private final StatisticsMetrics metrics;
  private final long smallestWindowMs;
  private final Supplier<Optional<StatisticsQueries>> queries;

  private StatisticsApi(
      HttpServer server,
      StatisticsConfig config,
      StatisticsMetrics metrics,
      Supplier<Optional<StatisticsQueries>> queries) {
    this.server = server;
    this.metrics = metrics;
    this.queries = queries;
    this.smallestWindowMs = config.windows().paneMs();
    threads = new BoundedThreads(config.api().connectionsMax(), config.api().requestTimeout());
  }

  /// Starts answering; `queries` may be empty until the topology runs.
  ///
  /// @throws StatisticsException if the port is taken
  public static StatisticsApi start(
      StatisticsConfig config,
      StatisticsMetrics metrics,
      Supplier<Optional<StatisticsQueries>> queries) {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), config.api().port());
    try {
      HttpServer server = HttpServer.create(address, BACKLOG);
      StatisticsApi api = new StatisticsApi(server, config, metrics, queries);
      server.setExecutor(api.threads);
      server.createContext("/statistics/", exchange -> api.handle(exchange, api::statistics));
      server.createContext("/health", exchange -> api.handle(exchange, api::health));
      server.createContext("/metrics", exchange -> api.handle(exchange, api::metrics));
      server.start();
      return api;
    } catch (IOException e) {
      throw new StatisticsException("api port not free: " + address, e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /// An answer in full.
  private record Answer(int status, String type, byte[] body) {}

  /// What gives an answer.
  private interface Handler {
    Answer answer(HttpExchange exchange) throws IOException;
  }

  private void handle(HttpExchange exchange, Handler handler) throws IOException {
    try (exchange) {
      Answer answer =
          exchange.getRequestMethod().equals("GET")
              ? handler.answer(exchange)
              : error(NOT_ALLOWED, "only GET is answered");
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      if (answer.status() == BUSY) {
        exchange.getResponseHeaders().set("Retry-After", "1");
      }
      exchange.sendResponseHeaders(answer.status(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    }
  }

  private Answer statistics(HttpExchange exchange) {
    String[] parts =
        exchange.getRequestURI().getPath().substring("/statistics/".length()).split("/");
    if (parts.length < 2 || parts.length > 3) {
      return error(BAD_REQUEST, "expected /statistics/{tenant}/{model} or .../{site}");
    }
    TenantId tenant;
    long windowMs;
    try {
      tenant = new TenantId(parts[0]);
      windowMs = windowMs(exchange.getRequestURI().getQuery());
    } catch (IllegalArgumentException e) {
      return error(BAD_REQUEST, "tenant or window is not well formed");
    }
    Optional<StatisticsQueries> ready = queries.get();
    if (ready.isEmpty()) {
      return error(BUSY, "statistics are starting");
    }
    StatisticsAnswer answer =
        parts.length == 3
            ? ready.get().window(tenant, parts[1], parts[2], windowMs)
            : ready.get().windows(tenant, parts[1], windowMs);
    return switch (answer) {
      case StatisticsAnswer.Found found when parts.length == 3 ->
          json(OK, out -> live(out, found.windows().getFirst()));
      case StatisticsAnswer.Found found ->
          json(OK, out -> out.allObjects("windows", found.windows(), StatisticsApi::live));
      case StatisticsAnswer.Unknown unknown -> unknown(unknown.elsewhere());
      case StatisticsAnswer.NotReady notReady ->
          error(BUSY, "counts are being restored or moved: state=" + notReady.state());
    };
  }

  private long windowMs(String query) {
    if (query == null || query.isEmpty()) {
      return smallestWindowMs;
    }
    if (!query.startsWith("window=")) {
      throw new IllegalArgumentException("query");
    }
    return Long.parseLong(query.substring("window=".length()));
  }

  private static void live(JsonOut out, LiveStatistics live) {
    PlatformJson.writeStatistics(out, live.statistics());
    out.whole("nextOffset", live.nextOffset())
        .whole("asOfMs", live.asOfMs())
        .whole("ageMs", Math.max(0, System.currentTimeMillis() - live.asOfMs()));
  }

  private static Answer unknown(List<String> elsewhere) {
    return json(
        NOT_FOUND,
        out ->
            out.text("error", "no such tenant, model, site or window is held here")
                .texts("elsewhere", elsewhere));
  }

  private Answer health(HttpExchange exchange) {
    Optional<StatisticsQueries> started = queries.get();
    String state = started.map(StatisticsQueries::state).orElse("STARTING");
    boolean ready = started.map(StatisticsQueries::isReady).orElse(false);
    return json(ready ? OK : BUSY, out -> out.text("state", state).flag("ready", ready));
  }

  private Answer metrics(HttpExchange exchange) throws IOException {
    PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    writer.write(body, metrics.registry().scrape());
    return new Answer(OK, writer.getContentType(), body.toByteArray());
  }

  private static Answer error(int status, String sentence) {
    return json(status, out -> out.text("error", sentence));
  }

  private static Answer json(int status, Consumer<JsonOut> body) {
    return new Answer(status, JSON, Json.write(body));
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
