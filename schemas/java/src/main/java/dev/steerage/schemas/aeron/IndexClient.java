package dev.steerage.schemas.aeron;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.CodeCounts;
import dev.steerage.schemas.index.ConceptCodes;
import dev.steerage.schemas.index.IndexStatus;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.LookupRequests;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.TopCodes;
import io.aeron.Publication;
import io.aeron.exceptions.AeronException;
import java.util.Optional;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/// Asks the code index over Aeron.
///
/// Every method waits for its answer, at most the configured timeout, and throws [LookupException]
/// with a reason if there is none. It connects on first use and, after an index or a media driver
/// went away, again on the next call. Thread-safe; calls run one after the other.
public final class IndexClient implements AutoCloseable {
  private final IndexClientConfig config;
  private final LookupRequests requests = new LookupRequests();
  private final MutableDirectBuffer frame =
      new ExpandableArrayBuffer(LookupRequests.MAX_FRAME_BYTES);
  private final IdleStrategy idle = new BackoffIdleStrategy(100, 100, 1_000, 100_000);
  private IndexConnection connection;
  private long lastCorrelationId;
  private boolean closed;

  /// A client that is not connected yet.
  public IndexClient(IndexClientConfig config) {
    this.config = config;
  }

  /// How often a code fired.
  public synchronized CodeCounts counts(TenantId tenant, String model, Code code) {
    long id = ++lastCorrelationId;
    int length = requests.counts(frame, id, tenant.name(), model, code);
    return ask(id, length, CodeCounts.class, "counts of " + code);
  }

  /// Where a code fired lately, newest first, and the tokens it fired on most.
  public synchronized CodeContexts contexts(TenantId tenant, String model, Code code, int most) {
    long id = ++lastCorrelationId;
    int length = requests.contexts(frame, id, tenant.name(), model, code, most);
    return ask(id, length, CodeContexts.class, "contexts of " + code);
  }

  /// The codes of a concept at the newest revision.
  public synchronized ConceptCodes concept(TenantId tenant, String concept) {
    long id = ++lastCorrelationId;
    int length = requests.concept(frame, id, tenant.name(), concept);
    return ask(id, length, ConceptCodes.class, "concept " + concept);
  }

  /// The codes of a site that fired most.
  public synchronized TopCodes topCodes(TenantId tenant, String model, Site site, int most) {
    long id = ++lastCorrelationId;
    int length = requests.topCodes(frame, id, tenant.name(), model, site, most);
    return ask(id, length, TopCodes.class, "top codes of " + site);
  }

  /// Tokens and codes of a recent request, from a position on. Fewer than `most` positions come
  /// when they do not fit one answer: ask again from the one after the last.
  public synchronized PositionCodes positions(
      TenantId tenant, String request, int fromPosition, int most) {
    long id = ++lastCorrelationId;
    int length = requests.positions(frame, id, tenant.name(), request, fromPosition, most);
    return ask(id, length, PositionCodes.class, "positions of request " + request);
  }

  /// What the index knows.
  ///
  /// @param tenant whose topics to list
  public synchronized IndexStatus status(Optional<TenantId> tenant) {
    long id = ++lastCorrelationId;
    int length = requests.status(frame, id, tenant.map(TenantId::name).orElse(""));
    return ask(id, length, IndexStatus.class, "status");
  }

  private <T> T ask(long id, int length, Class<T> type, String what) {
    if (closed) {
      throw new LookupException(Reason.UNAVAILABLE, "client is closed: " + what);
    }
    long deadlineNs = System.nanoTime() + config.timeout().toNanos();
    try {
      connect(deadlineNs, what);
      offer(length, deadlineNs, what);
      Object answer = await(id, deadlineNs, what);
      if (!type.isInstance(answer)) {
        throw new LookupException(
            Reason.MALFORMED, what + ": answer of another kind: " + answer.getClass().getName());
      }
      return type.cast(answer);
    } catch (AeronException e) {
      disconnect();
      throw new LookupException(Reason.UNAVAILABLE, unavailable(what), e);
    }
  }

  private void connect(long deadlineNs, String what) {
    if (connection != null && connection.isLost()) {
      disconnect();
    }
    if (connection == null) {
      connection = IndexConnection.open(config);
    }
    idle.reset();
    while (!connection.isReady()) {
      if (System.nanoTime() - deadlineNs > 0) {
        throw new LookupException(Reason.UNAVAILABLE, unavailable(what));
      }
      idle.idle();
    }
  }

  private void offer(int length, long deadlineNs, String what) {
    idle.reset();
    while (true) {
      long result = connection.offer(frame, length);
      if (result > 0) {
        return;
      }
      if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
        disconnect();
        throw new LookupException(Reason.UNAVAILABLE, unavailable(what));
      }
      // Back pressure, an administrative action, or the index is just going away.
      if (System.nanoTime() - deadlineNs > 0) {
        Reason reason = result == Publication.NOT_CONNECTED ? Reason.UNAVAILABLE : Reason.TIMEOUT;
        throw new LookupException(
            reason, what + ": not sent, " + Publication.errorString(result) + where());
      }
      idle.idle();
    }
  }

  private Object await(long id, long deadlineNs, String what) {
    idle.reset();
    while (true) {
      Optional<Object> answer = connection.poll(id);
      if (answer.isPresent()) {
        return answer.get();
      }
      if (System.nanoTime() - deadlineNs > 0) {
        boolean lost = connection.isLost();
        throw new LookupException(
            lost ? Reason.UNAVAILABLE : Reason.TIMEOUT,
            what + ": no answer after " + config.timeout() + where());
      }
      idle.idle();
    }
  }

  private String unavailable(String what) {
    return what + ": no code index answers" + where();
  }

  private String where() {
    return ", channel=" + config.channel() + ", aeron directory=" + config.aeronDirectory();
  }

  private void disconnect() {
    if (connection != null) {
      connection.close();
      connection = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    disconnect();
  }
}
