package dev.steerage.gateway.api;

import dev.steerage.gateway.access.Access;
import dev.steerage.gateway.http.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Every route of the contract.
public final class ApiRoutes {
  private static final long PROBE_NS = TimeUnit.SECONDS.toNanos(1);

  private final Parts parts;
  private final Access access;
  private final BooleanSupplier kafka;
  private boolean index;
  private long probedNs = System.nanoTime() - PROBE_NS;

  /// @param kafka whether Kafka answers
  public ApiRoutes(Parts parts, Access access, BooleanSupplier kafka) {
    this.parts = parts;
    this.access = access;
    this.kafka = kafka;
  }

  public List<Route> all() {
    var changes = new Changes(parts);
    List<Route> routes = new ArrayList<>();
    routes.addAll(new PlatformRoutes(access, parts.metrics(), this::readiness).routes());
    routes.addAll(new ModelRoutes(parts).routes());
    routes.addAll(new PromptRoutes(parts).routes());
    routes.addAll(new RequestRoutes(parts).routes());
    routes.addAll(new EventRoutes(parts).routes());
    routes.addAll(new RuleRoutes(parts, changes).routes());
    routes.addAll(new ConceptRoutes(parts, changes).routes());
    routes.addAll(new MonitorRoutes(parts, changes).routes());
    routes.addAll(new CodeRoutes(parts).routes());
    routes.addAll(new SearchRoutes(parts).routes());
    routes.addAll(new LabelRoutes(parts).routes());
    routes.addAll(new StatisticsRoutes(parts).routes());
    return routes;
  }

  private PlatformRoutes.Readiness readiness() {
    return new PlatformRoutes.Readiness(
        kafka.getAsBoolean(), isIndexWorking(), parts.models().all().size());
  }

  /// Everybody may ask without a key, so the index is asked once a second at most.
  private synchronized boolean isIndexWorking() {
    if (System.nanoTime() - probedNs >= PROBE_NS) {
      index = parts.codes().isWorking();
      probedNs = System.nanoTime();
    }
    return index;
  }
}
