package dev.steerage.broker.tenant;

import dev.steerage.domain.tenant.TenantId;
import java.util.OptionalLong;

/// What a tenant is to be.
///
/// @param isSuspended its principals may read, and write nothing
/// @param quotas what the broker grants each of its principals
public record TenantSpec(TenantId tenant, boolean isSuspended, Quotas quotas) {
  /// A tenant as it is created: active, without quotas.
  public static TenantSpec of(TenantId tenant) {
    return new TenantSpec(tenant, false, Quotas.NONE);
  }

  /// Suspended or active again.
  public TenantSpec suspended(boolean suspended) {
    return new TenantSpec(tenant, suspended, quotas);
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
