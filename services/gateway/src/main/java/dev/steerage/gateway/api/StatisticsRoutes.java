package dev.steerage.gateway.api;

import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.event.LogReader;
import dev.steerage.gateway.event.Tail;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.state.Tenant;
import dev.steerage.schemas.json.PlatformJson;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.CodeStatistics;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Windows and alerts.
public final class StatisticsRoutes {
  private static final int MOST_WINDOWS = 5_000;
  private static final int MOST_RECORDS = 50_000;
  private static final long DEFAULT_SPAN_MS = TimeUnit.MINUTES.toMillis(10);
  private static final Comparator<CodeStatistics> ORDER =
      Comparator.comparingLong(CodeStatistics::windowStartMs).thenComparing(CodeStatistics::site);

  private final Parts parts;

  public StatisticsRoutes(Parts parts) {
    this.parts = parts;
  }

  public List<Route> routes() {
    return List.of(
        Route.of("GET", "/api/v1/statistics", Role.VIEWER, this::latest),
        Route.of("GET", "/api/v1/statistics/history", Role.VIEWER, this::history),
        Route.of("GET", "/api/v1/alerts", Role.VIEWER, this::alerts));
  }

  private String model(Call call) {
    String model =
        call.query("model")
            .orElseThrow(() -> HttpError.badRequest("model", "malformed", "model is missing"));
    return parts.models().require(model).card().model();
  }

  private void latest(Call call) throws IOException {
    List<CodeStatistics> windows =
        parts
            .tenant(call)
            .statistics()
            .of(model(call), call.query("site"), call.queryNumber("windowMs", 1, Long.MAX_VALUE));
    call.json(200, out -> out.allObjects("windows", windows, PlatformJson::writeStatistics));
  }

  /// What the caller wants of the past.
  private record Past(
      String model, Optional<String> site, long windowMs, long fromMs, long toMs, int top) {
    boolean wants(CodeStatistics window) {
      return window.complete()
          && window.model().equals(model)
          && window.windowMs() == windowMs
          && site.map(window.site()::equals).orElse(true)
          && window.windowStartMs() >= fromMs
          && window.windowStartMs() < toMs;
    }

    CodeStatistics cut(CodeStatistics window) {
      return new CodeStatistics(
          window.model(),
          window.site(),
          window.windowMs(),
          window.windowStartMs(),
          window.complete(),
          window.positions(),
          window.activations(),
          window.steeredActivations(),
          window.codes(),
          window.distinct(),
          window.entropyNats(),
          window.deadShare(),
          window.drift(),
          window.top().subList(0, Math.min(top, window.top().size())));
    }
  }

  private void history(Call call) throws IOException {
    Tenant tenant = parts.tenant(call);
    String model = model(call);
    long now = System.currentTimeMillis();
    OptionalLong windowMs = call.queryNumber("windowMs", 1, Long.MAX_VALUE);
    long toMs = call.queryNumber("toMs", 0, Long.MAX_VALUE).orElse(now);
    var past =
        new Past(
            model,
            call.query("site"),
            windowMs.orElseGet(() -> tenant.statistics().shortest(model)),
            call.queryNumber("fromMs", 0, Long.MAX_VALUE).orElse(toMs - DEFAULT_SPAN_MS),
            toMs,
            call.queryNumber("top", 0, 100, 5));
    List<CodeStatistics> windows = new ArrayList<>();
    boolean truncated = false;
    Tail<CodeStatistics> tail = tenant.tails().statistics();
    for (int partition = 0; partition < tail.partitions(); partition++) {
      truncated |= read(tail, partition, past, windows);
    }
    windows.sort(ORDER);
    boolean cut = truncated || windows.size() > MOST_WINDOWS;
    List<CodeStatistics> oldest = windows.subList(0, Math.min(MOST_WINDOWS, windows.size()));
    call.json(
        200,
        out ->
            out.allObjects("windows", oldest, PlatformJson::writeStatistics)
                .flag("truncated", cut));
  }

  /// A window is written after its end, so nothing of it lies before its start.
  private boolean read(
      Tail<CodeStatistics> tail, int partition, Past past, List<CodeStatistics> into) {
    LogReader reader = parts.reader();
    long end = tail.next(partition);
    long at = reader.at(tail.topic(), partition, past.fromMs()).orElse(end);
    long first = at;
    while (at < end) {
      if (at - first > MOST_RECORDS) {
        return true;
      }
      LogReader.Batch batch = reader.read(tail.topic(), partition, at, end);
      for (LogReader.Raw raw : batch.records()) {
        if (raw.value() != null && raw.key().contains(past.model())) {
          tail.kind()
              .topic()
              .value()
              .decode(raw.value())
              .value()
              .filter(past::wants)
              .map(past::cut)
              .ifPresent(into::add);
        }
      }
      at = batch.next();
    }
    return false;
  }

  private void alerts(Call call) throws IOException {
    List<Alert> alerts =
        parts.tenant(call).alerts().newest(call.queryNumber("limit", 1, 1_000, 100));
    call.json(200, out -> out.allObjects("alerts", alerts, PlatformJson::writeAlert));
  }
}
