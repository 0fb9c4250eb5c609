package dev.steerage.worker.share;

import dev.steerage.domain.tenant.TenantId;
import java.util.HashMap;
import java.util.Map;

/// The shares of all tenants that were here lately. Decode thread only.
public final class TenantShares {
  private static final int REMEMBERED = 10_000;

  private final TenantQuotas quotas;
  private final int sequences;
  private final int kvPositions;
  private final Map<TenantId, TenantShare> shares = new HashMap<>();

  /// @param sequences places of the batch
  /// @param kvPositions positions that it holds
  public TenantShares(TenantQuotas quotas, int sequences, int kvPositions) {
    this.quotas = quotas;
    this.sequences = sequences;
    this.kvPositions = kvPositions;
  }

  public int weight(TenantId tenant) {
    return quotas.weight(tenant);
  }

  /// A tenant's share; who has nothing in the batch may be forgotten, and starts anew.
  public TenantShare of(TenantId tenant) {
    TenantShare share = shares.get(tenant);
    if (share == null) {
      if (shares.size() >= REMEMBERED) {
        shares.values().removeIf(TenantShare::isUnused);
      }
      share = new TenantShare(tenant, quotas, sequences, kvPositions);
      shares.put(tenant, share);
    }
    return share;
  }
}
