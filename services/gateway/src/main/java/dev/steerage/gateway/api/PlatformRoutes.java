package dev.steerage.gateway.api;

import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.access.Access;
import dev.steerage.gateway.access.Role;
import dev.steerage.gateway.http.Call;
import dev.steerage.gateway.http.Route;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/// Health, metrics, the contract itself, and who calls.
public final class PlatformRoutes {
  private static final String CONTRACT = "/dev/steerage/schemas/http/openapi.yaml";

  private final Access access;
  private final GatewayMetrics metrics;
  private final Supplier<Readiness> readiness;

  public PlatformRoutes(Access access, GatewayMetrics metrics, Supplier<Readiness> readiness) {
    this.access = access;
    this.metrics = metrics;
    this.readiness = readiness;
  }

  /// Whether what is behind the gateway answers.
  ///
  /// @param models number of models that workers serve
  public record Readiness(boolean kafka, boolean index, int models) {
    boolean isReady() {
      return kafka && index;
    }
  }

  /// The routes.
  public List<Route> routes() {
    return List.of(
        Route.open("GET", "/health", call -> call.json(200, out -> out.text("status", "up"))),
        Route.open("GET", "/ready", this::ready),
        Route.open(
            "GET", "/openapi.yaml", call -> call.answer(200, "application/yaml", contract())),
        Route.of("GET", "/metrics", Role.VIEWER, this::metrics),
        Route.of("GET", "/api/v1/whoami", Role.VIEWER, this::whoAmI));
  }

  private void ready(Call call) throws IOException {
    Readiness now = readiness.get();
    call.json(
        now.isReady() ? 200 : 503,
        out ->
            out.flag("ready", now.isReady())
                .flag("kafka", now.kafka())
                .flag("index", now.index())
                .whole("models", now.models()));
  }

  private void metrics(Call call) throws IOException {
    PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    var body = new ByteArrayOutputStream();
    writer.write(body, metrics.registry().scrape());
    call.answer(200, writer.getContentType(), body.toByteArray());
  }

  private void whoAmI(Call call) throws IOException {
    call.json(
        200,
        out ->
            out.text("tenant", call.caller().tenant().name())
                .allTexts("tenants", call.caller().tenants())
                .text("role", call.caller().role().word())
                .text("name", call.caller().name())
                .flag("keys", access.hasKeys()));
  }

  /// The contract as it is served.
  static byte[] contract() {
    try (InputStream in = PlatformRoutes.class.getResourceAsStream(CONTRACT)) {
      if (in == null) {
        throw new IllegalStateException("not on the class path: " + CONTRACT);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(CONTRACT, e);
    }
  }
}
