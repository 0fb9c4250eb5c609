package dev.steerage.index.aeron;

import dev.steerage.index.desk.CorpusDesk;
import dev.steerage.index.desk.LabelBook;
import dev.steerage.index.desk.Reply;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.CountsView;
import dev.steerage.index.store.IndexMetric;
import dev.steerage.index.store.IndexMetrics;
import dev.steerage.index.store.Lookups;
import dev.steerage.index.store.StateDigest;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.Corpora;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.IndexDigest;
import dev.steerage.schemas.index.IndexStatus;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.SiteRefs;
import dev.steerage.schemas.sbe.index.ChallengeRequestDecoder;
import dev.steerage.schemas.sbe.index.ConceptRequestDecoder;
import dev.steerage.schemas.sbe.index.ContextsRequestDecoder;
import dev.steerage.schemas.sbe.index.CountsRequestDecoder;
import dev.steerage.schemas.sbe.index.DigestRequestDecoder;
import dev.steerage.schemas.sbe.index.MessageHeaderDecoder;
import dev.steerage.schemas.sbe.index.PositionCodesRequestDecoder;
import dev.steerage.schemas.sbe.index.ProofRequestDecoder;
import dev.steerage.schemas.sbe.index.StatusRequestDecoder;
import dev.steerage.schemas.sbe.index.TopCodesRequestDecoder;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.HexFormat;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Requests into look-ups, and what they found into answers.
final class LookupAdapter {
  /// Nothing to answer: not even a correlation id could be read.
  static final int NO_ANSWER = 0;

  private static final Logger LOG = LoggerFactory.getLogger(LookupAdapter.class);
  private static final int MOST_CODES = 8_192;
  private static final int OVERHEAD_BYTES = 8 * 1024;

  private static final String TOO_LARGE =
      "answer larger than " + IndexStreams.MAX_RESPONSE_BYTES + " bytes: ask for less";

  private final CodeIndex index;
  private final IndexMetrics metrics;
  private final Lookups lookups;
  private final AnswerWriter answers;
  private final CorpusDesk desk;
  private final Access access;
  private final CorpusAdapter corpora;
  private final UnsafeBuffer frame = new UnsafeBuffer();
  private final CountsView countsView = new CountsView();
  private final Names names = new Names();
  private final MessageHeaderDecoder header = new MessageHeaderDecoder();
  private final CountsRequestDecoder counts = new CountsRequestDecoder();
  private final ContextsRequestDecoder contexts = new ContextsRequestDecoder();
  private final ConceptRequestDecoder concept = new ConceptRequestDecoder();
  private final TopCodesRequestDecoder topCodes = new TopCodesRequestDecoder();
  private final PositionCodesRequestDecoder positions = new PositionCodesRequestDecoder();
  private final StatusRequestDecoder status = new StatusRequestDecoder();
  private final DigestRequestDecoder digest = new DigestRequestDecoder();
  private final ProofRequestDecoder proof = new ProofRequestDecoder();

  LookupAdapter(
      CodeIndex index,
      IndexMetrics metrics,
      AnswerWriter answers,
      CorpusDesk desk,
      LabelBook labels,
      Access access) {
    this.access = access;
    this.index = index;
    this.metrics = metrics;
    this.lookups = new Lookups(index, access);
    this.answers = answers;
    this.desk = desk;
    this.corpora = new CorpusAdapter(index, lookups, desk, labels, answers.corpora());
  }

  /// A question about corpora that has its reply, or null.
  Reply reply() {
    return desk.poll();
  }

  /// Writes a reply; its length in the writer's buffer.
  int write(Reply reply) {
    CorpusAnswerWriter to = answers.corpora();
    long id = reply.correlationId();
    try {
      return switch (reply.answer()) {
        case FoundCodes found -> fitting(() -> to.search(id, found));
        case AboutCode found -> fitting(() -> to.about(id, found));
        case Corpora found -> fitting(() -> to.corpora(id, found));
        case LookupException e -> answers.error(id, e.reason(), e.getMessage());
        default -> throw new IllegalStateException(reply.answer().getClass().getName());
      };
    } catch (AnswerTooLarge e) {
      return answers.error(id, Reason.LIMIT, TOO_LARGE);
    }
  }

  /// Answers a request; the length of the answer in the writer's buffer, or [#NO_ANSWER].
  ///
  /// @param session of the client
  int answer(int session, DirectBuffer buffer, int offset, int length) {
    metrics.increment(IndexMetric.REQUESTS);
    access.asking(session);
    // A view of the frame alone: no length in it can reach into its neighbours.
    frame.wrap(buffer, offset, length);
    if (length < MessageHeaderDecoder.ENCODED_LENGTH + Long.BYTES) {
      metrics.increment(IndexMetric.FOREIGN_REQUESTS);
      return NO_ANSWER;
    }
    header.wrap(frame, 0);
    if (header.schemaId() != MessageHeaderDecoder.SCHEMA_ID) {
      metrics.increment(IndexMetric.FOREIGN_REQUESTS);
      return NO_ANSWER;
    }
    long correlationId =
        frame.getLong(MessageHeaderDecoder.ENCODED_LENGTH, ByteOrder.LITTLE_ENDIAN);
    try {
      return dispatch(session, correlationId);
    } catch (LookupException e) {
      return answers.error(correlationId, e.reason(), e.getMessage());
    } catch (AnswerTooLarge e) {
      return answers.error(correlationId, Reason.LIMIT, TOO_LARGE);
    } catch (IndexOutOfBoundsException e) {
      metrics.increment(IndexMetric.FOREIGN_REQUESTS);
      return answers.error(correlationId, Reason.MALFORMED, "request is cut off: bytes=" + length);
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("template", header.templateId()).setCause(e).log("look-up failed");
      return answers.error(correlationId, Reason.INTERNAL, e.getClass().getSimpleName());
    }
  }

  private int dispatch(int session, long correlationId) {
    return switch (header.templateId()) {
      case CountsRequestDecoder.TEMPLATE_ID -> counts(correlationId);
      case ContextsRequestDecoder.TEMPLATE_ID -> contexts(correlationId);
      case ConceptRequestDecoder.TEMPLATE_ID -> concept(correlationId);
      case TopCodesRequestDecoder.TEMPLATE_ID -> topCodes(correlationId);
      case PositionCodesRequestDecoder.TEMPLATE_ID -> positions(correlationId);
      case StatusRequestDecoder.TEMPLATE_ID -> status(correlationId);
      case DigestRequestDecoder.TEMPLATE_ID -> digest(correlationId);
      case ChallengeRequestDecoder.TEMPLATE_ID -> {
        checkBlock(ChallengeRequestDecoder.BLOCK_LENGTH);
        yield answers.challenge(correlationId, access.challenge());
      }
      case ProofRequestDecoder.TEMPLATE_ID -> proof(correlationId);
      default -> {
        int block = CorpusAdapter.blockLength(header.templateId());
        if (block > 0) {
          checkBlock(block);
          yield fitting(() -> corpora.answer(session, correlationId, header, frame));
        }
        metrics.increment(IndexMetric.FOREIGN_REQUESTS);
        throw new LookupException(
            Reason.UNSUPPORTED,
            "template=" + header.templateId() + ", version=" + header.version());
      }
    };
  }

  private int counts(long correlationId) {
    checkBlock(CountsRequestDecoder.BLOCK_LENGTH);
    counts.wrapAndApplyHeader(frame, 0, header);
    long site = SiteRefs.key(counts.site());
    int code = counts.code();
    int tenantAt = counts.limit();
    String tenant = names.at(frame, tenantAt);
    String model = names.at(frame, Names.after(frame, tenantAt));
    lookups.counts(tenant, model, site, code, countsView);
    return answers.counts(correlationId, countsView);
  }

  private int contexts(long correlationId) {
    checkBlock(ContextsRequestDecoder.BLOCK_LENGTH);
    contexts.wrapAndApplyHeader(frame, 0, header);
    long site = SiteRefs.key(contexts.site());
    int code = contexts.code();
    int most = contexts.most();
    String tenant = contexts.tenant();
    var found = lookups.contexts(tenant, contexts.model(), site, code, most);
    return fitting(() -> answers.contexts(correlationId, found));
  }

  private int concept(long correlationId) {
    checkBlock(ConceptRequestDecoder.BLOCK_LENGTH);
    concept.wrapAndApplyHeader(frame, 0, header);
    String tenant = concept.tenant();
    var found = lookups.concept(tenant, concept.conceptName());
    return fitting(() -> answers.concept(correlationId, found));
  }

  private int topCodes(long correlationId) {
    checkBlock(TopCodesRequestDecoder.BLOCK_LENGTH);
    topCodes.wrapAndApplyHeader(frame, 0, header);
    long site = SiteRefs.key(topCodes.site());
    int most = topCodes.most();
    if (most < 1 || most > MOST_CODES) {
      throw new LookupException(Reason.LIMIT, "most=" + most + ", limit=1.." + MOST_CODES);
    }
    String tenant = topCodes.tenant();
    var found = lookups.topCodes(tenant, topCodes.model(), site, most);
    return fitting(() -> answers.topCodes(correlationId, found));
  }

  private int positions(long correlationId) {
    checkBlock(PositionCodesRequestDecoder.BLOCK_LENGTH);
    positions.wrapAndApplyHeader(frame, 0, header);
    int from = positions.fromPosition();
    int most = positions.most();
    String tenant = positions.tenant();
    var found =
        lookups.positions(
            tenant,
            positions.request(),
            from,
            most,
            IndexStreams.MAX_RESPONSE_BYTES - OVERHEAD_BYTES);
    return fitting(() -> answers.positions(correlationId, found));
  }

  private int status(long correlationId) {
    checkBlock(StatusRequestDecoder.BLOCK_LENGTH);
    status.wrapAndApplyHeader(frame, 0, header);
    var partitions = lookups.progress(status.tenant());
    var found =
        new IndexStatus(
            index.isCaughtUp(),
            Instant.ofEpochMilli(index.knownSinceMs()),
            index.tenants(),
            metrics.get(IndexMetric.COMMITTED_POSITIONS),
            metrics.get(IndexMetric.LIVE_POSITIONS),
            metrics.get(IndexMetric.LIVE_FRAMES),
            metrics.get(IndexMetric.GAPS),
            metrics.get(IndexMetric.FOREIGN_FRAMES),
            metrics.get(IndexMetric.FOREIGN_RECORDS),
            metrics.get(IndexMetric.FOREIGN_REQUESTS),
            metrics.get(IndexMetric.DROPPED_RESPONSES),
            metrics.get(IndexMetric.EVICTED_CONTEXTS)
                + metrics.get(IndexMetric.EVICTED_REQUESTS)
                + metrics.get(IndexMetric.EVICTED_MODELS),
            metrics.get(IndexMetric.MEMORY_BYTES),
            index.memoryLimitBytes(),
            partitions);
    return fitting(() -> answers.status(correlationId, found));
  }

  private int proof(long correlationId) {
    checkBlock(ProofRequestDecoder.BLOCK_LENGTH);
    proof.wrapAndApplyHeader(frame, 0, header);
    String tenant = proof.tenant();
    byte[] bytes = new byte[proof.proofLength()];
    proof.getProof(bytes, 0, bytes.length);
    access.prove(tenant, bytes);
    return answers.proven(correlationId);
  }

  /// A client is gone.
  void forget(int session) {
    access.forget(session);
  }

  private int digest(long correlationId) {
    checkBlock(DigestRequestDecoder.BLOCK_LENGTH);
    digest.wrapAndApplyHeader(frame, 0, header);
    String tenant = digest.tenant();
    if (tenant.isEmpty()) {
      access.checkAll();
    } else {
      lookups.checkTenant(tenant);
    }
    var found =
        new IndexDigest(
            HexFormat.of().formatHex(StateDigest.of(index, tenant)),
            index.isCaughtUp(),
            Instant.ofEpochMilli(index.knownSinceMs()),
            metrics.get(IndexMetric.EVICTED_MODELS),
            lookups.progress(tenant));
    return fitting(() -> answers.digest(correlationId, found));
  }

  private void checkBlock(int blockLength) {
    // Newer versions have longer blocks; a shorter one is none of ours.
    if (header.blockLength() < blockLength) {
      throw new IndexOutOfBoundsException("block length=" + header.blockLength());
    }
  }

  private static int fitting(Encoding encoding) {
    try {
      return encoding.encode();
    } catch (IndexOutOfBoundsException | IllegalStateException e) {
      throw new AnswerTooLarge(e);
    }
  }

  /// Writes an answer.
  @FunctionalInterface
  private interface Encoding {
    int encode();
  }

  /// An answer does not fit the buffer, or a count its field.
  private static final class AnswerTooLarge extends RuntimeException {
    private AnswerTooLarge(Throwable cause) {
      super(cause);
    }
  }
}
