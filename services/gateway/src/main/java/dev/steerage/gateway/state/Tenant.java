package dev.steerage.gateway.state;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.gateway.GatewayLimits;
import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.event.Tails;
import dev.steerage.gateway.http.HttpError;
import java.util.concurrent.Semaphore;

/// Everything the gateway holds for one tenant, and its share of the limits.
public final class Tenant {
  private final TenantId id;
  private final Tails tails;
  private final RecentRequests requests;
  private final RuleLog rules;
  private final Acks acks = new Acks();
  private final LatestStatistics statistics = new LatestStatistics();
  private final RecentAlerts alerts = new RecentAlerts();
  private final Semaphore streams;
  private final Semaphore generations;
  private final Quotas quotas;
  private final GatewayLimits limits;
  private final GatewayMetrics metrics;
  private volatile boolean knowsPast;

  Tenant(
      TenantId id,
      Tails tails,
      Models models,
      Quotas quotas,
      GatewayLimits limits,
      GatewayMetrics metrics) {
    this.id = id;
    this.quotas = quotas;
    this.tails = tails;
    this.limits = limits;
    this.metrics = metrics;
    requests = new RecentRequests(limits.remembered());
    rules = new RuleLog(models, () -> quotas.rules(id));
    streams = new Semaphore(limits.streams());
    generations = new Semaphore(limits.generations());
    tails.completions().listen(requests::observe);
    tails.rules().listen(rules::observe);
    tails.acks().listen(acks::observe);
    tails.statistics().listen(statistics::observe);
    tails.alerts().listen(alerts::observe);
  }

  /// Waits until what was said before is known.
  boolean awaitPast(long limitMs) throws InterruptedException {
    if (!knowsPast) {
      knowsPast =
          tails.rules().awaitPast(limitMs)
              && tails.completions().awaitPast(limitMs)
              && tails.acks().awaitPast(limitMs)
              && tails.statistics().awaitPast(limitMs)
              && tails.alerts().awaitPast(limitMs);
    }
    return knowsPast;
  }

  public TenantId id() {
    return id;
  }

  public Tails tails() {
    return tails;
  }

  public RecentRequests requests() {
    return requests;
  }

  public RuleLog rules() {
    return rules;
  }

  public Acks acks() {
    return acks;
  }

  public LatestStatistics statistics() {
    return statistics;
  }

  public RecentAlerts alerts() {
    return alerts;
  }

  /// A place for one open stream; closing it gives the place back.
  ///
  /// @throws HttpError 429
  public Share stream() {
    return share(streams, 1, "streams", limits.streams());
  }

  /// Places for requests that a caller waits for.
  ///
  /// @throws HttpError 429
  public Share generations(int count) {
    Share share = share(generations, count, "generations", limits.generations());
    metrics.generations(count);
    return () -> {
      share.close();
      metrics.generations(-count);
    };
  }

  private Share share(Semaphore places, int count, String what, int limit) {
    if (!places.tryAcquire(count)) {
      metrics.atLimit(what);
      throw HttpError.tooMany("open " + what + " of the tenant: limit=" + limit, 1);
    }
    return () -> places.release(count);
  }

  /// @throws HttpError 429 if too many requests of the tenant have not ended
  public void requireRoom(int more) {
    int limit = quotas.requests(id, limits.running());
    if (requests.running() + more > limit) {
      metrics.atLimit("running");
      throw HttpError.tooMany("running requests of the tenant: limit=" + limit, 2);
    }
  }

  /// A part of a limit that is held until it is closed.
  public interface Share extends AutoCloseable {
    @Override
    void close();
  }
}
