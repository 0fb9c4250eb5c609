package dev.steerage.index.aeron;

import dev.steerage.index.store.TenantGuard;
import dev.steerage.schemas.aeron.TenantKeys;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.agrona.collections.Int2ObjectHashMap;

/// For whom each connected client may speak. Without keys everybody is believed.
///
/// A client gets a random number and proves for a tenant that it has the key; that holds until its
/// connection ends. Of the agent's thread.
final class Access implements TenantGuard {
  private static final int CHALLENGE_BYTES = 32;
  // More than clients can be connected: those that were refused may ask too.
  private static final int SESSIONS_LIMIT = 1_024;

  private final TenantKeys keys;
  private final SecureRandom random = new SecureRandom();
  private final Int2ObjectHashMap<Session> sessions = new Int2ObjectHashMap<>();
  private int asking;

  Access(TenantKeys keys) {
    this.keys = keys;
  }

  /// One connection.
  private static final class Session {
    private final Set<String> proven = new HashSet<>();
    private byte[] challenge = new byte[0];
  }

  /// The client whose request is answered now.
  void asking(int session) {
    asking = session;
  }

  @Override
  public void check(String tenant) {
    if (keys.isEmpty()) {
      return;
    }
    Session session = sessions.get(asking);
    if (session == null || !session.proven.contains(tenant)) {
      // Says the same whether or not there is such a tenant.
      throw new LookupException(
          Reason.UNAUTHORIZED, "this client has not proven that it speaks for the tenant it named");
    }
  }

  /// Refuses what is about all tenants, where tenants have keys.
  void checkAll() {
    if (!keys.isEmpty()) {
      throw new LookupException(
          Reason.UNAUTHORIZED, "tenants have keys here: name one, and prove to speak for it");
    }
  }

  /// A new number for the client that asks.
  byte[] challenge() {
    if (sessions.size() >= SESSIONS_LIMIT && !sessions.containsKey(asking)) {
      throw new LookupException(Reason.LIMIT, "connections: limit=" + SESSIONS_LIMIT);
    }
    Session session = sessions.computeIfAbsent(asking, _ -> new Session());
    session.challenge = new byte[CHALLENGE_BYTES];
    random.nextBytes(session.challenge);
    return session.challenge;
  }

  /// Believes the client that asks, from now on.
  ///
  /// @throws LookupException if the proof does not hold
  void prove(String tenant, byte[] proof) {
    Session session = sessions.get(asking);
    if (session == null || !keys.holds(tenant, session.challenge, proof)) {
      throw new LookupException(Reason.UNAUTHORIZED, "the proof does not hold");
    }
    session.proven.add(tenant);
  }

  /// A client is gone; another one may get its number.
  void forget(int session) {
    sessions.remove(session);
  }
}
