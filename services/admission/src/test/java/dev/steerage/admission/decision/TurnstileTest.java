package dev.steerage.admission.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.message.TenantQuota;
import dev.steerage.schemas.topic.CommitMetadata;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TurnstileTest {
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");
  private static final ModelCard CARD =
      new ModelCard(
          "m", "00", "reference", 12, 16, 32, 10, "characters", List.of(), List.of("w1", "w2"));

  private final Map<TenantId, TenantQuota> quotas = new HashMap<>();
  private double part = 1;
  private long nowMs = 1_000;
  private final Turnstile turnstile =
      new Turnstile(
          tenant -> quotas.getOrDefault(tenant, TenantQuota.none(tenant.name())),
          _ -> Optional.of(CARD),
          _ -> part,
          () -> nowMs);
  private long next;

  private static Turnstile.Place place(int partition, long offset, TenantId tenant) {
    return new Turnstile.Place(partition, offset, tenant, 1, 10);
  }

  private int enterAll(TenantId tenant) {
    int entered = 0;
    while (turnstile.hasRoom(tenant, "m")) {
      turnstile.enter(tenant, "m");
      turnstile.place("m", place(0, next++, tenant));
      entered++;
    }
    return entered;
  }

  private void quota(TenantId tenant, int weight, int requests) {
    quotas.put(
        tenant,
        new TenantQuota(
            tenant.name(),
            weight,
            OptionalDouble.empty(),
            OptionalInt.of(requests),
            OptionalInt.empty()));
  }

  @Test
  void shouldKeepATenantToItsQuotaUntilItsRequestsEnd() {
    quota(A, 1, 3);
    assertThat(enterAll(A)).isEqualTo(3);
    turnstile.progress("m", Map.of(0, new CommitMetadata(3, List.of(1L))));
    assertThat(enterAll(A)).isEqualTo(2);
    turnstile.progress("m", Map.of(0, new CommitMetadata(5, List.of())));
    assertThat(turnstile.size()).isZero();
    assertThat(turnstile.busyModels()).isEmpty();
  }

  @Test
  void shouldCountBothHalvesOfAPair() {
    quota(A, 1, 3);
    turnstile.enter(A, "m", 2);
    turnstile.place("m", new Turnstile.Place(0, next++, A, 2, 10));
    assertThat(enterAll(A)).isOne();
    turnstile.progress("m", Map.of(0, new CommitMetadata(1, List.of())));
    assertThat(enterAll(A)).isEqualTo(2);
  }

  @Test
  void shouldGrantOneQuotaWhereSeveralProcessesAdmit() {
    quota(A, 1, 8);
    part = 0.25;
    assertThat(enterAll(A)).isEqualTo(2);
  }

  @Test
  void shouldLeaveRoomForWhoComesLateAndShareByWeight() {
    // Two workers of 32 places, and half as much before them: 96.
    assertThat(enterAll(A)).isEqualTo(72);
    quota(B, 2, 1_000);
    assertThat(enterAll(B)).isEqualTo(64);
    turnstile.progress("m", Map.of(0, new CommitMetadata(next, List.of())));
    assertThat(turnstile.hasRoom(B, "m")).isTrue();
    turnstile.enter(B, "m");
    assertThat(enterAll(A)).isEqualTo(32);
  }

  @Test
  void shouldCountAgainFromTheLog() {
    quota(A, 1, 3);
    turnstile.restart(Map.of("m", List.of(place(1, 7, A), place(2, 9, A))));
    assertThat(enterAll(A)).isOne();
    turnstile.progress("m", Map.of(2, new CommitMetadata(10, List.of())));
    assertThat(enterAll(A)).isOne();
  }

  @Test
  void shouldGiveRoomBackForARequestThatHasNotGoneOn() {
    quota(A, 1, 3);
    turnstile.enter(A, "m", 2);
    turnstile.withdraw(A, "m", 2);
    assertThat(turnstile.busyModels()).isEmpty();
    assertThat(enterAll(A)).isEqualTo(3);
  }

  @Test
  void shouldExpectOfATenantsRequestsWhatItsLastOnesTook() {
    assertThat(turnstile.expectedMs(A, "m", 10)).isZero();
    for (int i = 0; i < 40; i++) {
      turnstile.enter(A, "m");
      turnstile.place("m", place(0, next++, A));
    }
    for (int i = 1; i < 40; i++) {
      nowMs += 20;
      turnstile.progress("m", Map.of(0, new CommitMetadata(i, List.of())));
    }
    // The last one took 39 x 20 ms for 10 tokens, the mean follows behind.
    assertThat(turnstile.expectedMs(A, "m", 10)).isBetween(600.0, 1_600.0);
    assertThat(turnstile.expectedMs(A, "m", 20)).isEqualTo(2 * turnstile.expectedMs(A, "m", 10));
    assertThat(turnstile.expectedMs(B, "m", 10)).isZero();
  }

  @Test
  void shouldCallAPromptTooLateOnlyWhenItHasWaited() {
    turnstile.enter(A, "m", 2);
    turnstile.place("m", place(0, next++, A));
    nowMs += 1_000;
    turnstile.progress("m", Map.of(0, new CommitMetadata(1, List.of())));
    // A second for ten tokens: three are expected, with four deviations of half of it.
    Prompt prompt = Prompt.of("m").maxTokens(10).deadlineMs(nowMs + 2_000).prompt();
    assertThat(turnstile.isTooLate(A, prompt, nowMs - 500)).isTrue();
    assertThat(turnstile.isTooLate(A, prompt, nowMs - 50)).isFalse();
    assertThat(turnstile.isTooLate(B, prompt, nowMs - 500)).isFalse();
    Prompt patient = Prompt.of("m").maxTokens(10).deadlineMs(nowMs + 4_000).prompt();
    assertThat(turnstile.isTooLate(A, patient, nowMs - 500)).isFalse();
  }

  @Test
  void shouldNotTakeTheAgeOfARequestFromTheLogForItsTime() {
    turnstile.restart(Map.of("m", List.of(place(0, 0, A), place(0, 1, A))));
    nowMs += 100_000;
    turnstile.progress("m", Map.of(0, new CommitMetadata(1, List.of())));
    assertThat(turnstile.expectedMs(A, "m", 10)).isZero();
  }
}
