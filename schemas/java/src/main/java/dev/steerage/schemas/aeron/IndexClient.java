package dev.steerage.schemas.aeron;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.aeron.IndexConnection.ConnectionLost;
import dev.steerage.schemas.aeron.IndexConnection.Offer;
import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.AccessAnswer;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.CodeCounts;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.ConceptCodes;
import dev.steerage.schemas.index.Corpora;
import dev.steerage.schemas.index.CorpusRequests;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.IndexDigest;
import dev.steerage.schemas.index.IndexStatus;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.LookupRequests;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.TopCodes;
import io.aeron.exceptions.AeronException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
  private static final long LOOK_INTERVAL_NS = TimeUnit.MILLISECONDS.toNanos(100);

  private final IndexClientConfig config;
  private final LookupRequests requests = new LookupRequests();
  private final CorpusRequests corpusRequests = new CorpusRequests();
  private final MutableDirectBuffer frame =
      new ExpandableArrayBuffer(LookupRequests.MAX_FRAME_BYTES);
  private final MutableDirectBuffer proofFrame = new ExpandableArrayBuffer(512);
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

  /// Which codes fire where something matches in a corpus, best first.
  public synchronized FoundCodes search(TenantId tenant, CodeSearch search) {
    long id = ++lastCorrelationId;
    int length = corpusRequests.search(frame, id, tenant.name(), search);
    return ask(id, length, FoundCodes.class, "search in " + search.model());
  }

  /// What a corpus says about a code.
  ///
  /// @param corpus empty: the model's first by name
  /// @param most entries of each list
  public synchronized AboutCode about(
      TenantId tenant, String model, String corpus, Code code, int most) {
    long id = ++lastCorrelationId;
    int length = corpusRequests.about(frame, id, tenant.name(), model, corpus, code, most);
    return ask(id, length, AboutCode.class, "about " + code);
  }

  /// The corpora that are open.
  ///
  /// @param model empty: of any
  public synchronized Corpora corpora(TenantId tenant, String model) {
    long id = ++lastCorrelationId;
    int length = corpusRequests.corpora(frame, id, tenant.name(), model);
    return ask(id, length, Corpora.class, "corpora");
  }

  /// Labels of codes: the tenant's and the platform's.
  ///
  /// @param query labels that contain this text, whatever its case; or a code; empty: all
  public synchronized CodeLabels labels(TenantId tenant, String model, String query, int most) {
    long id = ++lastCorrelationId;
    int length = corpusRequests.labels(frame, id, tenant.name(), model, query, most);
    return ask(id, length, CodeLabels.class, "labels of " + model);
  }

  /// What the index knows.
  ///
  /// @param tenant whose topics to list
  public synchronized IndexStatus status(Optional<TenantId> tenant) {
    long id = ++lastCorrelationId;
    int length = requests.status(frame, id, tenant.map(TenantId::name).orElse(""));
    return ask(id, length, IndexStatus.class, "status");
  }

  /// What the index knows from committed records, in one number to compare with another index's.
  ///
  /// @param tenant none: of all tenants
  public synchronized IndexDigest digest(Optional<TenantId> tenant) {
    long id = ++lastCorrelationId;
    int length = requests.digest(frame, id, tenant.map(TenantId::name).orElse(""));
    return ask(id, length, IndexDigest.class, "digest");
  }

  private <T> T ask(long id, int length, Class<T> type, String what) {
    if (closed) {
      throw new LookupException(Reason.UNAVAILABLE, "client is closed: " + what);
    }
    long deadlineNs = System.nanoTime() + config.timeout().toNanos();
    boolean hasProven = false;
    while (true) {
      try {
        Object answer = askOnce(frame, id, length, deadlineNs, what);
        if (!type.isInstance(answer)) {
          throw new LookupException(
              Reason.MALFORMED, what + ": answer of another kind: " + answer.getClass().getName());
        }
        return type.cast(answer);
      } catch (LookupException e) {
        if (e.reason() != Reason.UNAUTHORIZED || hasProven || config.keys().isEmpty()) {
          throw e;
        }
        // The index, or its media driver, may be a new one that has no proof yet.
        prove(deadlineNs);
        hasProven = true;
      } catch (ConnectionLost e) {
        // A look-up changes nothing: it can be asked again of the index that comes next.
        disconnect();
        hasProven = false;
        if (System.nanoTime() - deadlineNs > 0) {
          throw new LookupException(Reason.UNAVAILABLE, unavailable(what));
        }
      } catch (AeronException | IllegalStateException e) {
        disconnect();
        throw new LookupException(Reason.UNAVAILABLE, unavailable(what), e);
      }
    }
  }

  /// Proves on this connection that this client speaks for every tenant whose key it has. Whether
  /// that is enough shows when it asks again.
  private void prove(long deadlineNs) {
    long id = ++lastCorrelationId;
    int length = requests.challenge(proofFrame, id);
    Object answer = askOnce(proofFrame, id, length, deadlineNs, "challenge");
    if (!(answer instanceof AccessAnswer.Challenge challenge)) {
      throw new LookupException(Reason.MALFORMED, "challenge: answer of another kind");
    }
    byte[] number = HexFormat.of().parseHex(challenge.hex());
    for (String tenant : config.keys().tenants()) {
      byte[] proof = config.keys().proof(tenant, number).orElseThrow();
      long proofId = ++lastCorrelationId;
      int proofLength = requests.proof(proofFrame, proofId, tenant, proof);
      try {
        askOnce(proofFrame, proofId, proofLength, deadlineNs, "proof of " + tenant);
      } catch (LookupException e) {
        if (e.reason() != Reason.UNAUTHORIZED) {
          throw e;
        }
      }
    }
  }

  private Object askOnce(
      MutableDirectBuffer request, long id, int length, long deadlineNs, String what) {
    if (connection == null) {
      connection = IndexConnection.open(config);
    }
    var watch = new Watch(deadlineNs);
    while (!connection.isReady()) {
      if (watch.isOver()) {
        throw new LookupException(Reason.UNAVAILABLE, unavailable(what));
      }
    }
    while (connection.offer(request, length) != Offer.TAKEN) {
      if (watch.isOver()) {
        throw new LookupException(Reason.TIMEOUT, what + ": not sent" + where());
      }
    }
    Optional<Object> answer = connection.poll(id);
    while (answer.isEmpty()) {
      if (watch.isOver()) {
        throw new LookupException(
            Reason.TIMEOUT, what + ": no answer after " + config.timeout() + where());
      }
      answer = connection.poll(id);
    }
    return answer.get();
  }

  /// Idles between attempts; now and then looks whether the index or the media driver is a new one.
  private final class Watch {
    private final long deadlineNs;
    private long nextLookNs = System.nanoTime() + LOOK_INTERVAL_NS;

    private Watch(long deadlineNs) {
      this.deadlineNs = deadlineNs;
      idle.reset();
    }

    private boolean isOver() {
      long now = System.nanoTime();
      if (now - nextLookNs > 0) {
        nextLookNs = now + LOOK_INTERVAL_NS;
        if (connection.isLost()) {
          throw new ConnectionLost();
        }
      }
      idle.idle();
      return now - deadlineNs > 0;
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
