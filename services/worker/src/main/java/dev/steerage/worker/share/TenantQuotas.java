package dev.steerage.worker.share;

import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.TenantQuota;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;

/// What tenants may use, and which part of it this worker hands out. Thread-safe.
///
/// The part is that of the work partitions which are ours: all workers of a model together hand out
/// the whole, with nobody to ask.
public final class TenantQuotas {
  private final Map<TenantId, TenantQuota> known = new ConcurrentHashMap<>();
  private volatile double part = 1;
  private volatile int version;

  /// A tenant's quota; empty: it has none any more.
  public void put(TenantId tenant, Optional<TenantQuota> quota) {
    quota.ifPresentOrElse(q -> known.put(tenant, q), () -> known.remove(tenant));
    version++;
  }

  /// @param owned partitions of the model's work that are ours
  /// @param all partitions that there are
  public void part(int owned, int all) {
    part = (double) owned / all;
    version++;
  }

  public int weight(TenantId tenant) {
    TenantQuota quota = known.get(tenant);
    return quota == null ? 1 : quota.weight();
  }

  /// Tokens per second that this worker may generate for a tenant.
  public OptionalDouble tokensPerSecond(TenantId tenant) {
    TenantQuota quota = known.get(tenant);
    return quota == null || quota.tokensPerSecond().isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(quota.tokensPerSecond().getAsDouble() * part);
  }

  /// How many rules a tenant may have, and since when.
  public RuleQuota rules(TenantId tenant) {
    TenantQuota quota = known.get(tenant);
    return quota == null ? RuleQuota.NONE : quota.rules();
  }

  /// Changes whenever an answer may have.
  public int version() {
    return version;
  }
}
