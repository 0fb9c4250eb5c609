package dev.steerage.statistics;

import dev.steerage.domain.tenant.TenantId;

/// Which tenants have topics. A record for a topic that does not exist would hold up the stream.
@FunctionalInterface
public interface TenantTopics {
  boolean exist(TenantId tenant);

  /// A tenant is being deleted: whether it has topics is to be looked up again.
  default void forget(TenantId tenant) {}
}
