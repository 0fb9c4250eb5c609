package dev.steerage.worker.session;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.SessionState;
import dev.steerage.worker.tick.RequestOrigin;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The sessions of the partitions that are ours: what each has come to, and whether a turn of it
/// runs. Everything here can be had again from the log: a session's state is committed with the end
/// of its turn, and its running turn is an unfinished request. Decode thread only.
public final class Sessions {
  /// Late prompts of a session may still be in the queue.
  private static final long SWEEP_SLACK_MS = 300_000;

  private final SessionLimits limits;
  private final Map<TenantId, Usage> usage = new HashMap<>();

  /// The session whose last turn ended first comes first.
  private final Map<Key, Session> sessions = new LinkedHashMap<>();

  public Sessions(SessionLimits limits) {
    this.limits = limits;
  }

  /// A name that no other tenant's session has.
  private record Key(TenantId tenant, String name) {}

  /// What a tenant holds here.
  private static final class Usage {
    private int sessions;
    private long tokens;
  }

  private static final class Session {
    private final Key key;
    private final int partition;
    private int turn;
    private int[] tokens = new int[0];
    private Optional<String> last = Optional.empty();
    private long finishedMs;
    private Optional<String> running = Optional.empty();

    /// Tokens that count towards the tenant's limit.
    private int held;

    Session(Key key, int partition) {
      this.key = key;
      this.partition = partition;
    }
  }

  /// What became of a turn that wants to begin.
  public sealed interface Opening {
    /// It may begin.
    ///
    /// @param context tokens of the turns before; nobody may change them
    record Turn(Completion.SessionTurn said, int[] context) implements Opening {}

    /// It may not.
    record Closed(Refusal refusal, String detail) implements Opening {}
  }

  /// A turn wants to begin; if it may, the session is busy until [#end] or [#release].
  ///
  /// @param sentMs when its prompt was sent, by the broker's clock: so a successor decides alike
  public Opening begin(RequestOrigin origin, String name, long sentMs) {
    Key key = new Key(origin.tenant(), name);
    Session session = sessions.get(key);
    if (session != null && session.running.isPresent()) {
      return new Opening.Closed(
          Refusal.SESSION_BUSY,
          "turn " + (session.turn + 1) + " is not finished: request " + session.running.get());
    }
    if (session != null && isExpired(session.finishedMs, sentMs)) {
      forget(session);
      session = null;
    }
    if (session == null) {
      if (isFull(origin.tenant(), sentMs)) {
        return new Opening.Closed(
            Refusal.OVER_LIMIT,
            "sessions of the tenant=" + (limits.sessions() + 1) + ", limit=" + limits.sessions());
      }
      session = open(key, origin.partition());
    }
    session.running = Optional.of(origin.request());
    return new Opening.Turn(
        new Completion.SessionTurn(name, session.turn + 1, session.tokens.length, session.last),
        session.tokens);
  }

  /// A turn that a predecessor began goes on.
  public void resume(RequestOrigin origin, Completion.SessionTurn turn) {
    Key key = new Key(origin.tenant(), turn.session());
    Session session = sessions.get(key);
    if (session == null) {
      session = open(key, origin.partition());
      session.turn = turn.turn() - 1;
      session.last = turn.previous();
    }
    session.running = Optional.of(origin.request());
  }

  /// Counts what a turn can come to.
  ///
  /// @param tokens of context, prompt and completion at most
  /// @return why it may not, if it may not; the caller releases it
  public Optional<Opening.Closed> reserve(RequestOrigin origin, String name, int tokens) {
    Session session = sessions.get(new Key(origin.tenant(), name));
    Usage used = usage.get(origin.tenant());
    long wanted = used.tokens + Math.max(0, tokens - session.held);
    if (wanted > limits.tokens()) {
      return Optional.of(
          new Opening.Closed(
              Refusal.OVER_LIMIT,
              "tokens of the tenant's sessions=" + wanted + ", limit=" + limits.tokens()));
    }
    hold(session, Math.max(tokens, session.held));
    return Optional.empty();
  }

  /// A turn ended and counts: the next one continues it.
  ///
  /// @param tokens of context, prompt and completion
  /// @return what to commit with its end; empty if this is not the running turn
  public Optional<SessionState> end(RequestOrigin origin, String name, int[] tokens, long nowMs) {
    Session session = running(origin, name);
    if (session == null) {
      return Optional.empty();
    }
    session.running = Optional.empty();
    session.turn++;
    session.tokens = tokens;
    session.last = Optional.of(origin.request());
    session.finishedMs = nowMs;
    hold(session, tokens.length);
    sessions.remove(session.key);
    sessions.put(session.key, session);
    List<Integer> ids = new ArrayList<>(tokens.length);
    for (int token : tokens) {
      ids.add(token);
    }
    return Optional.of(
        new SessionState(origin.tenant().name(), name, session.turn, origin.request(), ids, nowMs));
  }

  /// A turn ended without a token: the session is what it was.
  public void release(RequestOrigin origin, String name) {
    Session session = running(origin, name);
    if (session != null) {
      session.running = Optional.empty();
      hold(session, session.tokens.length);
      if (session.turn == 0) {
        forget(session);
      }
    }
  }

  private Session running(RequestOrigin origin, String name) {
    Session session = sessions.get(new Key(origin.tenant(), name));
    boolean isRunning =
        session != null && session.running.filter(origin.request()::equals).isPresent();
    return isRunning ? session : null;
  }

  /// A partition became ours: what its sessions had come to. No limit holds here: they were let in.
  public void adopt(int partition, List<SessionState> states, long nowMs) {
    for (SessionState state : states) {
      if (isExpired(state.finishedMs(), nowMs - SWEEP_SLACK_MS)) {
        continue;
      }
      Key key = new Key(new TenantId(state.tenant()), state.session());
      Session known = sessions.get(key);
      if (known != null) {
        forget(known);
      }
      Session session = open(key, partition);
      session.turn = state.turn();
      session.tokens = state.tokens().stream().mapToInt(Integer::intValue).toArray();
      session.last = Optional.of(state.request());
      session.finishedMs = state.finishedMs();
      hold(session, session.tokens.length);
    }
  }

  /// Partitions went to somebody else.
  public void drop(Set<Integer> partitions) {
    for (Session session : List.copyOf(sessions.values())) {
      if (partitions.contains(session.partition)) {
        forget(session);
      }
    }
  }

  /// Forgets what expired long ago.
  public void sweep(long nowMs) {
    for (Iterator<Session> all = sessions.values().iterator(); all.hasNext(); ) {
      Session session = all.next();
      if (session.running.isPresent()) {
        continue;
      }
      if (!isExpired(session.finishedMs, nowMs - SWEEP_SLACK_MS)) {
        // The others ended later.
        return;
      }
      all.remove();
      settle(session);
    }
  }

  /// Sessions that can be continued, and those whose first turn runs.
  public int size() {
    return sessions.size();
  }

  private boolean isExpired(long finishedMs, long nowMs) {
    return nowMs - finishedMs > limits.expiryMs();
  }

  private boolean isFull(TenantId tenant, long nowMs) {
    Usage used = usage.get(tenant);
    if (used == null || used.sessions < limits.sessions()) {
      return false;
    }
    for (Session session : List.copyOf(sessions.values())) {
      if (session.key.tenant().equals(tenant)
          && session.running.isEmpty()
          && isExpired(session.finishedMs, nowMs)) {
        forget(session);
      }
    }
    Usage left = usage.get(tenant);
    return left != null && left.sessions >= limits.sessions();
  }

  private Session open(Key key, int partition) {
    Session session = new Session(key, partition);
    sessions.put(key, session);
    usage.computeIfAbsent(key.tenant(), _ -> new Usage()).sessions++;
    return session;
  }

  private void forget(Session session) {
    sessions.remove(session.key);
    settle(session);
  }

  private void settle(Session session) {
    hold(session, 0);
    Usage used = usage.get(session.key.tenant());
    if (--used.sessions == 0) {
      usage.remove(session.key.tenant());
    }
  }

  private void hold(Session session, int tokens) {
    usage.get(session.key.tenant()).tokens += tokens - session.held;
    session.held = tokens;
  }
}
