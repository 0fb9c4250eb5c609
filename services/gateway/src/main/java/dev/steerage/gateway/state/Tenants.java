package dev.steerage.gateway.state;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.GatewayException;
import dev.steerage.gateway.GatewayLimits;
import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.event.Tails;
import dev.steerage.gateway.http.HttpError;
import dev.steerage.gateway.kafka.KafkaSide;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tenants that were asked for; their topics are read from then on. Thread-safe.
public final class Tenants {
  private static final Logger LOG = LoggerFactory.getLogger(Tenants.class);
  private static final long PAST_MS = 5_000;

  private final KafkaSide kafka;
  private final Models models;
  private final Quotas quotas;
  private final GatewayLimits limits;
  private final GatewayMetrics metrics;
  private final Map<TenantId, Tenant> tenants = new ConcurrentHashMap<>();

  public Tenants(
      KafkaSide kafka, Models models, Quotas quotas, GatewayLimits limits, GatewayMetrics metrics) {
    this.quotas = quotas;
    this.kafka = kafka;
    this.models = models;
    this.limits = limits;
    this.metrics = metrics;
  }

  /// A tenant, once what was said before is known.
  ///
  /// @throws HttpError 503 if its topics are not there or Kafka does not answer
  public Tenant of(TenantId id) {
    Tenant tenant = follow(id);
    try {
      if (tenant.awaitPast(PAST_MS)) {
        return tenant;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw HttpError.unavailable("starting", "the tenant's past is being read", 1);
  }

  /// Begins to read a tenant's topics.
  public Tenant follow(TenantId id) {
    Tenant known = tenants.get(id);
    return known != null ? known : tenants.computeIfAbsent(id, this::open);
  }

  /// Keeps nothing of a tenant that was deleted. One of the same name is another.
  public void forget(TenantId id) {
    Tenant gone = tenants.remove(id);
    if (gone != null) {
      kafka.forget(gone.tails());
      LOG.atInfo().addKeyValue("tenant", id).log("deleted tenant forgotten");
    }
  }

  private Tenant open(TenantId id) {
    try {
      Tails tails =
          kafka
              .tails(id, limits.ringBytes())
              .orElseThrow(
                  () ->
                      HttpError.unavailable(
                          "tenant_not_provisioned", "the tenant's topics are not there", 5));
      var tenant = new Tenant(id, tails, models, quotas, limits, metrics);
      kafka.follow(tails);
      return tenant;
    } catch (GatewayException e) {
      throw HttpError.unavailable("kafka_unavailable", "Kafka does not answer", 2);
    }
  }
}
