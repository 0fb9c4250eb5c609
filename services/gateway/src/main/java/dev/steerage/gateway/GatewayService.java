package dev.steerage.gateway;

import dev.steerage.gateway.access.Access;
import dev.steerage.gateway.access.KeyFile;
import dev.steerage.gateway.api.PlatformRoutes;
import dev.steerage.gateway.http.GatewayServer;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.http.Router;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/// The gateway as it runs. [#start] returns when it answers.
public final class GatewayService implements AutoCloseable {
  private final GatewayServer server;

  private GatewayService(GatewayServer server) {
    this.server = server;
  }

  public static GatewayService start(GatewayConfig config) {
    var metrics = new GatewayMetrics(new PrometheusRegistry());
    Access access =
        config
            .keys()
            .<Access>map(file -> new Access.Keyed(KeyFile.open(file)))
            .orElseGet(() -> new Access.Open(config.tenants()));
    List<Route> routes = new ArrayList<>();
    routes.addAll(
        new PlatformRoutes(access, metrics, () -> new PlatformRoutes.Readiness(true, true, 0))
            .routes());
    return new GatewayService(GatewayServer.start(config, new Router(routes), access, metrics));
  }

  /// Where it listens.
  public URI address() {
    return server.address();
  }

  @Override
  public void close() {
    server.close();
  }
}
