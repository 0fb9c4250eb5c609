package dev.steerage.worker.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.worker.session.Sessions.Opening;
import dev.steerage.worker.tick.RequestOrigin;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SessionsTest {
  private static final TenantId ACME = new TenantId("acme");
  private static final int EXPIRY_MS = 1_000;

  private final Sessions sessions = new Sessions(new SessionLimits(2, 100, EXPIRY_MS));

  @Test
  void shouldContinueWhatTheLastTurnCameTo() {
    Opening.Turn first = begun(origin(ACME, "r1"), "s", 0);
    assertThat(first.context()).isEmpty();
    assertThat(first.said().turn()).isOne();
    assertThat(first.said().previous()).isEmpty();
    SessionState state = sessions.end(origin(ACME, "r1"), "s", new int[] {1, 2}, 5).orElseThrow();
    assertThat(state).isEqualTo(new SessionState("acme", "s", 1, "r1", List.of(1, 2), 5));

    Opening.Turn second = begun(origin(ACME, "r2"), "s", 10);

    assertThat(second.context()).containsExactly(1, 2);
    assertThat(second.said().turn()).isEqualTo(2);
    assertThat(second.said().contextTokens()).isEqualTo(2);
    assertThat(second.said().previous()).contains("r1");
  }

  @Test
  void shouldRefuseASecondTurnWhileOneRuns() {
    begun(origin(ACME, "r1"), "s", 0);
    assertThat(closed(origin(ACME, "r2"), "s", 0)).isEqualTo(Refusal.SESSION_BUSY);
    // The refused one ends without touching the session.
    assertThat(sessions.end(origin(ACME, "r2"), "s", new int[] {9}, 0)).isEmpty();
    sessions.release(origin(ACME, "r2"), "s");
    assertThat(closed(origin(ACME, "r3"), "s", 0)).isEqualTo(Refusal.SESSION_BUSY);
    sessions.end(origin(ACME, "r1"), "s", new int[] {1}, 0);
    assertThat(begun(origin(ACME, "r4"), "s", 0).context()).containsExactly(1);
  }

  @Test
  void shouldKeepTenantsApart() {
    TenantId other = new TenantId("other");
    begun(origin(ACME, "r"), "s", 0);
    assertThat(begun(origin(other, "r"), "s", 0).context()).isEmpty();
    sessions.end(origin(ACME, "r"), "s", new int[] {1}, 0);
    sessions.end(origin(other, "r"), "s", new int[] {2}, 0);
    assertThat(begun(origin(ACME, "q"), "s", 0).context()).containsExactly(1);
    assertThat(begun(origin(other, "q"), "s", 0).context()).containsExactly(2);
  }

  @Test
  void shouldForgetASessionThatExpired() {
    begun(origin(ACME, "r1"), "s", 0);
    sessions.end(origin(ACME, "r1"), "s", new int[] {1}, 100);
    assertThat(begun(origin(ACME, "r2"), "s", 100 + EXPIRY_MS).context()).hasSize(1);
    sessions.end(origin(ACME, "r2"), "s", new int[] {1, 2}, 200);

    Opening.Turn fresh = begun(origin(ACME, "r3"), "s", 201 + EXPIRY_MS);

    assertThat(fresh.context()).isEmpty();
    assertThat(fresh.said().turn()).isOne();
  }

  @Test
  void shouldRefuseMoreSessionsThanTheLimitUnlessOneExpired() {
    for (String name : List.of("a", "b")) {
      begun(origin(ACME, name), name, 0);
      sessions.end(origin(ACME, name), name, new int[] {1}, 0);
    }
    assertThat(closed(origin(ACME, "c"), "c", EXPIRY_MS)).isEqualTo(Refusal.OVER_LIMIT);
    assertThat(begun(origin(new TenantId("other"), "c"), "c", 0).context()).isEmpty();
    assertThat(begun(origin(ACME, "c"), "c", EXPIRY_MS + 1).context()).isEmpty();
    assertThat(sessions.size()).isEqualTo(2);
  }

  @Test
  void shouldRefuseMoreTokensThanTheLimit() {
    begun(origin(ACME, "r1"), "a", 0);
    assertThat(sessions.reserve(origin(ACME, "r1"), "a", 60)).isEmpty();
    begun(origin(ACME, "r2"), "b", 0);
    assertThat(sessions.reserve(origin(ACME, "r2"), "b", 41).orElseThrow().refusal())
        .isEqualTo(Refusal.OVER_LIMIT);
    // What the first did not use is free again.
    sessions.end(origin(ACME, "r1"), "a", new int[59], 0);
    assertThat(sessions.reserve(origin(ACME, "r2"), "b", 41)).isEmpty();
  }

  @Test
  void shouldLeaveASessionAsItWasWhenATurnHasNoToken() {
    begun(origin(ACME, "r1"), "s", 0);
    sessions.release(origin(ACME, "r1"), "s");
    assertThat(sessions.size()).isZero();
    begun(origin(ACME, "r2"), "s", 0);
    sessions.end(origin(ACME, "r2"), "s", new int[] {7}, 0);
    begun(origin(ACME, "r3"), "s", 0);
    sessions.release(origin(ACME, "r3"), "s");
    Opening.Turn turn = begun(origin(ACME, "r4"), "s", 0);
    assertThat(turn.context()).containsExactly(7);
    assertThat(turn.said().turn()).isEqualTo(2);
  }

  @Test
  void shouldGoOnFromWhatThePartitionsLogSays() {
    sessions.adopt(3, List.of(new SessionState("acme", "s", 4, "r4", List.of(1, 2), 100)), 200);
    assertThat(begun(origin(ACME, "r5"), "s", 200).said().turn()).isEqualTo(5);
    sessions.drop(Set.of(3));
    assertThat(sessions.size()).isZero();
    // The turn that ran goes on elsewhere: nothing of it is remembered here.
    assertThat(sessions.end(origin(ACME, "r5"), "s", new int[] {1}, 300)).isEmpty();
  }

  @Test
  void shouldBeBusyWithATurnThatAPredecessorBegan() {
    sessions.adopt(3, List.of(new SessionState("acme", "s", 1, "r1", List.of(1, 2), 100)), 200);
    var turn =
        new dev.steerage.schemas.message.Completion.SessionTurn("s", 2, 2, Optional.of("r1"));
    sessions.resume(origin(ACME, "r2"), turn);
    assertThat(closed(origin(ACME, "r3"), "s", 200)).isEqualTo(Refusal.SESSION_BUSY);
    assertThat(sessions.end(origin(ACME, "r2"), "s", new int[] {1, 2, 3}, 300).orElseThrow().turn())
        .isEqualTo(2);
  }

  @Test
  void shouldSweepWhatExpiredLongAgo() {
    begun(origin(ACME, "r1"), "s", 0);
    sessions.sweep(1_000_000);
    assertThat(sessions.size()).isOne();
    sessions.end(origin(ACME, "r1"), "s", new int[] {1}, 1_000_000);
    sessions.sweep(1_000_000 + EXPIRY_MS + 1);
    assertThat(sessions.size()).isOne();
    sessions.sweep(1_000_000 + EXPIRY_MS + 300_001);
    assertThat(sessions.size()).isZero();
  }

  private Opening.Turn begun(RequestOrigin origin, String session, long sentMs) {
    return (Opening.Turn) sessions.begin(origin, session, sentMs);
  }

  private Refusal closed(RequestOrigin origin, String session, long sentMs) {
    return ((Opening.Closed) sessions.begin(origin, session, sentMs)).refusal();
  }

  private static RequestOrigin origin(TenantId tenant, String request) {
    return new RequestOrigin(tenant, request, 3, 0, List.of());
  }
}
