package dev.steerage.worker.share;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.TenantQuota;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TenantShareTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final long SECOND = 1_000_000_000L;

  private static TenantQuota perSecond(double tokens) {
    return new TenantQuota(
        "acme", 1, OptionalDouble.of(tokens), OptionalInt.empty(), OptionalInt.empty());
  }

  /// Tokens of a tenant in so many seconds, on a worker that could choose one every millisecond.
  private static int tokens(TenantShare share, int seconds) {
    int tokens = 0;
    for (long now = 0; now < seconds * SECOND; now += 1_000_000) {
      if (share.isDue(now)) {
        share.chosen(now);
        tokens++;
      }
    }
    return tokens;
  }

  @Test
  void shouldGrantOneQuotaWhateverTheNumberOfWorkers() {
    for (List<Integer> owned : List.of(List.of(8), List.of(3, 5), List.of(1, 2, 2, 3))) {
      int all = 0;
      for (int partitions : owned) {
        var quotas = new TenantQuotas();
        quotas.put(ACME, Optional.of(perSecond(100)));
        quotas.part(partitions, 8);
        all += tokens(new TenantShares(quotas, 64, 4096).of(ACME), 20);
      }
      // Each may begin with what it grants in half a second.
      assertThat(all).as("workers with %s partitions", owned).isBetween(1_990, 2_055);
    }
  }

  @Test
  void shouldNotHoldATenantWithoutQuota() {
    assertThat(tokens(new TenantShares(new TenantQuotas(), 64, 4096).of(ACME), 2)).isEqualTo(2_000);
  }

  @Test
  void shouldFollowAQuotaThatChanges() {
    var quotas = new TenantQuotas();
    TenantShare share = new TenantShares(quotas, 64, 4096).of(ACME);
    share.chosen(0);
    quotas.put(ACME, Optional.of(perSecond(2)));
    share.chosen(0);
    share.chosen(0);
    assertThat(share.isDue(0)).isFalse();
    assertThat(share.leftNs(0)).isBetween(1L, SECOND / 2 + SECOND / 4);
    quotas.put(ACME, Optional.empty());
    assertThat(share.isDue(0)).isTrue();
  }

  @Test
  void shouldLeavePlacesToOthersButNeverRefuseTheFirst() {
    TenantShare share = new TenantShares(new TenantQuotas(), 16, 1_024).of(ACME);
    assertThat(share.hasRoom(1, 1_024)).isTrue();
    for (int i = 0; i < 14; i++) {
      assertThat(share.hasRoom(1, 10)).isTrue();
      share.enter(1, 10);
    }
    assertThat(share.hasRoom(1, 10)).isFalse();
    share.leave(1, 10);
    assertThat(share.hasRoom(1, 10)).isTrue();
    assertThat(share.hasRoom(1, 1_000)).isFalse();
  }
}
