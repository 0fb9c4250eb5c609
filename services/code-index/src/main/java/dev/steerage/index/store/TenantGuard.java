package dev.steerage.index.store;

/// Whether whoever asks may know what a tenant's shard holds.
@FunctionalInterface
public interface TenantGuard {
  /// Lets everybody in.
  TenantGuard OPEN = _ -> {};

  /// Refuses a tenant.
  ///
  /// @throws dev.steerage.schemas.index.LookupException if who asks has not proven to speak for it
  void check(String tenant);
}
