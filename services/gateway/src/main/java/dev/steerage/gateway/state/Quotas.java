package dev.steerage.gateway.state;

import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.TenantQuota;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// How many requests tenants may have under way. Admission lets more wait in their topic; here they
/// are told at once, with a time to try again. And how many rules. Thread-safe.
public final class Quotas {
  private final Map<String, Integer> requests = new ConcurrentHashMap<>();
  private final Map<String, RuleQuota> rules = new ConcurrentHashMap<>();

  /// What the platform says of a tenant; empty: nothing any more.
  public void put(String tenant, Optional<TenantQuota> quota) {
    quota.ifPresentOrElse(some -> rules.put(tenant, some.rules()), () -> rules.remove(tenant));
    var limit = quota.map(TenantQuota::concurrentRequests);
    if (limit.isPresent() && limit.get().isPresent()) {
      requests.put(tenant, limit.get().getAsInt());
    } else {
      requests.remove(tenant);
    }
  }

  /// Rules that a tenant may have, and since when.
  RuleQuota rules(TenantId tenant) {
    return rules.getOrDefault(tenant.name(), RuleQuota.NONE);
  }

  /// Requests that a tenant may have under way, at most `otherwise`.
  int requests(TenantId tenant, int otherwise) {
    return Math.min(otherwise, requests.getOrDefault(tenant.name(), otherwise));
  }
}
