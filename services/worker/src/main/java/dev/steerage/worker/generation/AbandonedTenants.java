package dev.steerage.worker.generation;

import dev.steerage.domain.tenant.TenantId;
import java.util.HashMap;
import java.util.Map;

/// Tenants whose topics take no records: for a while, their requests are not tried. Decode thread
/// only.
final class AbandonedTenants {
  private static final long WHILE_NS = 15_000_000_000L;

  private final Map<TenantId, Long> untilNs = new HashMap<>();

  void add(TenantId tenant, long nowNs) {
    untilNs.put(tenant, nowNs + WHILE_NS);
  }

  boolean contains(TenantId tenant, long nowNs) {
    Long until = untilNs.get(tenant);
    if (until != null && nowNs - until >= 0) {
      untilNs.remove(tenant);
      return false;
    }
    return until != null;
  }
}
