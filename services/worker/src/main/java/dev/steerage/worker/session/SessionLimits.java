package dev.steerage.worker.session;

import dev.steerage.schemas.topic.Topics;

/// The bounds of sessions, per tenant, of one worker.
///
/// @param sessions sessions that can be continued
/// @param tokens context of all sessions together, the running turns' longest outcome included
/// @param expiryMs silence after which a session is forgotten
public record SessionLimits(int sessions, int tokens, int expiryMs) {
  /// A thousand conversations that paused for less than an hour; 16 MB of token ids.
  public static final SessionLimits USUAL = new SessionLimits(1_000, 4_000_000, 3_600_000);

  public SessionLimits {
    require("sessions", sessions, Integer.MAX_VALUE);
    require("session-tokens", tokens, Integer.MAX_VALUE);
    // What the log has forgotten cannot be continued after a take-over.
    require("session-expiry-ms", expiryMs, (int) Topics.SESSION_RETENTION.toMillis());
  }

  private static void require(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException("limits: " + name + "=" + value + ", limit=1.." + most);
    }
  }
}
