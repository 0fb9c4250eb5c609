package dev.steerage.worker.share;

import dev.steerage.domain.tenant.TenantId;
import java.util.Optional;

/// One tenant's use of the batch: places, positions, tokens per second. Decode thread only.
///
/// Somebody who comes late must find a place: no tenant holds the last eighth of the batch, if the
/// batch has eight places at all.
public final class TenantShare {
  private static final int RESERVE = 8;

  private final TenantId tenant;
  private final TenantQuotas quotas;
  private final int placesMax;
  private final int positionsMax;
  private int places;
  private int positions;
  private int version = -1;
  private Optional<TokenBudget> budget = Optional.empty();

  TenantShare(TenantId tenant, TenantQuotas quotas, int sequences, int kvPositions) {
    this.tenant = tenant;
    this.quotas = quotas;
    placesMax = sequences - sequences / RESERVE;
    positionsMax = kvPositions - kvPositions / RESERVE;
  }

  /// Whether one more request may enter.
  ///
  /// @param more places that it takes, of which there are few
  public boolean hasRoom(int more, int morePositions) {
    return places == 0 || places + more <= placesMax && positions + morePositions <= positionsMax;
  }

  public void enter(int more, int morePositions) {
    places += more;
    positions += morePositions;
  }

  public void leave(int fewer, int fewerPositions) {
    assert places >= fewer && positions >= fewerPositions;
    places -= fewer;
    positions -= fewerPositions;
  }

  boolean isUnused() {
    return places == 0;
  }

  /// A token of its requests was chosen.
  public void chosen(long nowNs) {
    refresh(nowNs);
    budget.ifPresent(open -> open.spend(nowNs));
  }

  /// Whether its requests may go on.
  public boolean isDue(long nowNs) {
    refresh(nowNs);
    return budget.isEmpty() || budget.get().isDue(nowNs);
  }

  /// Nanoseconds until they may.
  public long leftNs(long nowNs) {
    refresh(nowNs);
    return budget.isEmpty() ? 0 : budget.get().leftNs(nowNs);
  }

  private void refresh(long nowNs) {
    int now = quotas.version();
    if (now != version) {
      version = now;
      var perSecond = quotas.tokensPerSecond(tenant);
      if (perSecond.isEmpty() || perSecond.getAsDouble() <= 0) {
        budget = Optional.empty();
      } else if (budget.isEmpty() || budget.get().perSecond() != perSecond.getAsDouble()) {
        budget = Optional.of(new TokenBudget(perSecond.getAsDouble(), nowNs));
      }
    }
  }
}
