package dev.steerage.gateway;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.access.Access;
import dev.steerage.gateway.access.KeyFile;
import dev.steerage.gateway.api.ApiRoutes;
import dev.steerage.gateway.api.Parts;
import dev.steerage.gateway.http.GatewayServer;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.http.Route;
import dev.steerage.gateway.http.Router;
import dev.steerage.gateway.index.CodeQuestions;
import dev.steerage.gateway.kafka.KafkaSide;
import dev.steerage.gateway.kafka.ModelFollower;
import dev.steerage.gateway.model.ModelTexts;
import dev.steerage.gateway.model.Replays;
import dev.steerage.gateway.openai.OpenAiRoutes;
import dev.steerage.gateway.state.Models;
import dev.steerage.gateway.state.Quotas;
import dev.steerage.gateway.state.Tenants;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gateway as it runs. [#start] returns when it answers; [#close] ends its streams.
public final class GatewayService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayService.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private GatewayServer server;

  private GatewayService() {}

  /// A gateway that has no model folders at hand.
  public static GatewayService start(GatewayConfig config) {
    return start(config, ModelTexts.NONE, Replays.NONE);
  }

  /// @param texts of tokens, where model folders are at hand
  /// @param replays likewise
  public static GatewayService start(GatewayConfig config, ModelTexts texts, Replays replays) {
    var service = new GatewayService();
    try {
      service.open(config, texts, replays);
      return service;
    } catch (RuntimeException e) {
      service.close();
      throw e;
    }
  }

  private void open(GatewayConfig config, ModelTexts texts, Replays replays) {
    var metrics = new GatewayMetrics(new PrometheusRegistry());
    Access access =
        config
            .keys()
            .<Access>map(file -> new Access.Keyed(KeyFile.open(file)))
            .orElseGet(() -> new Access.Open(config.tenants()));
    KafkaSide kafka = opened(KafkaSide.open(config, metrics));
    var models = new Models();
    var quotas = new Quotas();
    var tenants = new Tenants(kafka, models, quotas, config.limits(), metrics);
    opened(ModelFollower.start(kafka, models, quotas, tenants::forget, metrics));
    CodeQuestions codes = opened(CodeQuestions.of(config));
    if (config.keys().isEmpty()) {
      config.tenants().forEach(tenant -> openEarly(tenants, tenant));
    }
    var parts =
        new Parts(
            tenants,
            models,
            kafka,
            kafka.reader(),
            codes,
            texts,
            replays,
            config.limits(),
            metrics);
    var routes = new ApiRoutes(parts, access, kafka::isWorking);
    List<Route> all = new ArrayList<>(routes.all());
    all.addAll(new OpenAiRoutes(parts).routes());
    server = opened(GatewayServer.start(config, new Router(all), access, metrics));
    LOG.atInfo()
        .addKeyValue("address", server.address())
        .addKeyValue("bootstrap", config.bootstrap())
        .addKeyValue("keys", access.hasKeys())
        .log("gateway started");
  }

  /// So that the first request finds what was said before.
  private static void openEarly(Tenants tenants, TenantId tenant) {
    try {
      tenants.follow(tenant);
    } catch (HttpError e) {
      LOG.atWarn()
          .addKeyValue("tenant", tenant)
          .addKeyValue("why", e.getMessage())
          .log("tenant not read yet; each request tries again");
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    opened.push(part);
    return part;
  }

  /// Where it listens.
  public URI address() {
    return server.address();
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      AutoCloseable part = opened.pop();
      try {
        part.close();
      } catch (Exception e) {
        // The others must be closed too.
        LOG.atError().setCause(e).log("a part of the gateway did not close");
      }
    }
  }
}
