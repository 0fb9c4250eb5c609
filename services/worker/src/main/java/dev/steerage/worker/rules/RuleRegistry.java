package dev.steerage.worker.rules;

import dev.steerage.domain.tenant.TenantId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The rule logs of all tenants. Thread-safe.
public final class RuleRegistry {
  private final Map<TenantId, TenantRules> ready = new ConcurrentHashMap<>();
  private final Set<TenantId> wanted = ConcurrentHashMap.newKeySet();
  private volatile Runnable discovery = () -> {};

  /// What is run when a request waits for a tenant that is not known yet; must return at once.
  public void discovery(Runnable asked) {
    discovery = asked;
  }

  /// The tenant's rules once its log was read to the end; until then a request of the tenant waits,
  /// so that it is never steered by half a log.
  public Optional<TenantRules> ready(TenantId tenant) {
    TenantRules rules = ready.get(tenant);
    if (rules == null && wanted.add(tenant)) {
      discovery.run();
    }
    return Optional.ofNullable(rules);
  }

  /// A tenant's log was read to the end.
  public void put(TenantId tenant, TenantRules rules) {
    ready.put(tenant, rules);
    wanted.remove(tenant);
  }

  /// The tenant's log is gone.
  public void remove(TenantId tenant) {
    ready.remove(tenant);
    wanted.remove(tenant);
  }

  /// Tenants that a request waits for.
  public Set<TenantId> wanted() {
    return Set.copyOf(wanted);
  }

  /// Every tenant whose log is followed.
  public Map<TenantId, TenantRules> all() {
    return Map.copyOf(ready);
  }
}
