package dev.steerage.broker.tenant;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.TenantQuota;
import java.util.OptionalLong;

/// What a tenant is to be.
///
/// @param isSuspended its principals may read, and write nothing
/// @param quotas what the broker grants each of its principals
/// @param use what admission and workers grant all of them together
public record TenantSpec(TenantId tenant, boolean isSuspended, Quotas quotas, TenantQuota use) {
  public TenantSpec {
    if (!use.tenant().equals(tenant.name())) {
      throw new IllegalArgumentException("tenant=" + tenant + ", quota of " + use.tenant());
    }
  }

  /// A tenant that only the broker limits.
  public TenantSpec(TenantId tenant, boolean isSuspended, Quotas quotas) {
    this(tenant, isSuspended, quotas, TenantQuota.none(tenant.name()));
  }

  /// A tenant as it is created: active, without quotas.
  public static TenantSpec of(TenantId tenant) {
    return new TenantSpec(tenant, false, Quotas.NONE);
  }

  /// Suspended or active again.
  public TenantSpec suspended(boolean suspended) {
    return new TenantSpec(tenant, suspended, quotas, use);
  }

  /// Limits per principal and broker; empty: none. Whoever is over is slowed down, not refused.
  ///
  /// @param producerBytes written per second
  /// @param consumerBytes read per second
  /// @param requestPercent share of one broker thread's time; 100 is one thread
  public record Quotas(
      OptionalLong producerBytes, OptionalLong consumerBytes, OptionalLong requestPercent) {
    static final Quotas NONE =
        new Quotas(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
  }
}
