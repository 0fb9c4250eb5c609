package dev.steerage.index.aeron;

import dev.steerage.domain.codebook.Code;
import dev.steerage.index.store.CountsView;
import dev.steerage.schemas.aeron.IndexStreams;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.ConceptCodes;
import dev.steerage.schemas.index.IndexDigest;
import dev.steerage.schemas.index.IndexStatus;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.PositionCodes;
import dev.steerage.schemas.index.SiteRefs;
import dev.steerage.schemas.index.TopCodes;
import dev.steerage.schemas.sbe.index.ChallengeResponseEncoder;
import dev.steerage.schemas.sbe.index.ConceptResponseEncoder;
import dev.steerage.schemas.sbe.index.ContextsResponseEncoder;
import dev.steerage.schemas.sbe.index.CountsResponseEncoder;
import dev.steerage.schemas.sbe.index.DigestResponseEncoder;
import dev.steerage.schemas.sbe.index.ErrorResponseEncoder;
import dev.steerage.schemas.sbe.index.Flag;
import dev.steerage.schemas.sbe.index.LookupError;
import dev.steerage.schemas.sbe.index.MessageHeaderEncoder;
import dev.steerage.schemas.sbe.index.PositionCodesResponseEncoder;
import dev.steerage.schemas.sbe.index.ProofResponseEncoder;
import dev.steerage.schemas.sbe.index.StatusResponseEncoder;
import dev.steerage.schemas.sbe.index.TopCodesResponseEncoder;
import java.nio.ByteOrder;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/// Writes answers, one at a time, into a buffer of the largest size that a client can get.
///
/// Each method returns the length of the frame, which starts at 0. What does not fit throws
/// [IndexOutOfBoundsException].
final class AnswerWriter {
  private static final int DETAIL_LIMIT = 500;

  private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[IndexStreams.MAX_RESPONSE_BYTES]);
  private final UnsafeBuffer packed = new UnsafeBuffer(new byte[0xFFFE]);
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final CountsResponseEncoder counts = new CountsResponseEncoder();
  private final ContextsResponseEncoder contexts = new ContextsResponseEncoder();
  private final ConceptResponseEncoder concept = new ConceptResponseEncoder();
  private final TopCodesResponseEncoder topCodes = new TopCodesResponseEncoder();
  private final PositionCodesResponseEncoder positions = new PositionCodesResponseEncoder();
  private final StatusResponseEncoder status = new StatusResponseEncoder();
  private final DigestResponseEncoder digest = new DigestResponseEncoder();
  private final ChallengeResponseEncoder challenge = new ChallengeResponseEncoder();
  private final ProofResponseEncoder proven = new ProofResponseEncoder();
  private final ErrorResponseEncoder error = new ErrorResponseEncoder();

  private final CorpusAnswerWriter corpora = new CorpusAnswerWriter(buffer);

  DirectBuffer buffer() {
    return buffer;
  }

  /// Writes what belongs to corpora and labels.
  CorpusAnswerWriter corpora() {
    return corpora;
  }

  int counts(long correlationId, CountsView view) {
    counts
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .firings(view.firings())
        .live(view.live())
        .positions(view.positions())
        .knownSinceMs(view.knownSinceMs());
    return MessageHeaderEncoder.ENCODED_LENGTH + counts.encodedLength();
  }

  int contexts(long correlationId, CodeContexts found) {
    contexts.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
    var group = contexts.contextsCount(found.contexts().size());
    for (var context : found.contexts()) {
      group
          .next()
          .position(context.position())
          .focus((short) context.focus())
          .live(flag(context.live()))
          .timeMs(context.time().toEpochMilli())
          .request(context.request())
          .putTokens(packed, 0, pack(context.tokens()));
    }
    var firedOn = contexts.firedOnCount(found.firedOn().size());
    for (var token : found.firedOn()) {
      firedOn.next().token(token.token()).firings(token.firings()).over(token.over());
    }
    var rules = contexts.rulesCount(found.rules().size());
    for (var each : found.rules()) {
      rules
          .next()
          .put(each.put())
          .taken(each.taken())
          .lastMs(each.last().toEpochMilli())
          .rule(each.rule());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + contexts.encodedLength();
  }

  int concept(long correlationId, ConceptCodes found) {
    concept
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .revision(found.revision());
    var codes = concept.codesCount(found.codes().size());
    for (Code code : found.codes()) {
      SiteRefs.write(codes.next().code(code.id()).site(), code.site());
    }
    concept.model(found.model()).conceptName(found.concept());
    return MessageHeaderEncoder.ENCODED_LENGTH + concept.encodedLength();
  }

  int topCodes(long correlationId, TopCodes found) {
    topCodes
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .positions(found.positions())
        .knownSinceMs(found.knownSince().toEpochMilli());
    var codes = topCodes.codesCount(found.codes().size());
    for (TopCodes.Entry entry : found.codes()) {
      codes.next().code(entry.code()).firings(entry.firings());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + topCodes.encodedLength();
  }

  int positions(long correlationId, PositionCodes found) {
    positions
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .endPosition(found.endPosition());
    var sites = positions.sitesCount(found.sites().size());
    for (var site : found.sites()) {
      SiteRefs.write(sites.next().slots(site.slots()).site(), site.site());
    }
    var group = positions.positionsCount(found.positions().size());
    for (var position : found.positions()) {
      group
          .next()
          .position(position.position())
          .token(position.token())
          .live(flag(position.live()))
          .putCodes(packed, 0, pack(position.codes()));
    }
    positions.model(found.model());
    return MessageHeaderEncoder.ENCODED_LENGTH + positions.encodedLength();
  }

  int status(long correlationId, IndexStatus found) {
    status
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .caughtUp(flag(found.caughtUp()))
        .knownSinceMs(found.knownSince().toEpochMilli())
        .tenants(found.tenants())
        .committedPositions(found.committedPositions())
        .livePositions(found.livePositions())
        .liveFrames(found.liveFrames())
        .gaps(found.gaps())
        .foreignFrames(found.foreignFrames())
        .foreignRecords(found.foreignRecords())
        .foreignRequests(found.foreignRequests())
        .droppedResponses(found.droppedResponses())
        .evictions(found.evictions())
        .memoryBytes(found.memoryBytes())
        .memoryLimitBytes(found.memoryLimitBytes());
    var partitions = status.partitionsCount(found.partitions().size());
    for (var partition : found.partitions()) {
      partitions
          .next()
          .partition(partition.partition())
          .nextOffset(partition.nextOffset())
          .topic(partition.topic());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + status.encodedLength();
  }

  int digest(long correlationId, IndexDigest found) {
    digest
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .caughtUp(flag(found.caughtUp()))
        .knownSinceMs(found.knownSince().toEpochMilli())
        .evictedModels(found.evictedModels());
    var partitions = digest.partitionsCount(found.partitions().size());
    for (var partition : found.partitions()) {
      partitions
          .next()
          .partition(partition.partition())
          .nextOffset(partition.nextOffset())
          .topic(partition.topic());
    }
    digest.digest(found.sha256());
    return MessageHeaderEncoder.ENCODED_LENGTH + digest.encodedLength();
  }

  int challenge(long correlationId, byte[] number) {
    challenge
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .putChallenge(number, 0, number.length);
    return MessageHeaderEncoder.ENCODED_LENGTH + challenge.encodedLength();
  }

  int proven(long correlationId) {
    proven.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
    return MessageHeaderEncoder.ENCODED_LENGTH + proven.encodedLength();
  }

  int error(long correlationId, LookupException.Reason reason, String detail) {
    error
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .reason(wire(reason))
        .detail(detail.substring(0, Math.min(detail.length(), DETAIL_LIMIT)));
    return MessageHeaderEncoder.ENCODED_LENGTH + error.encodedLength();
  }

  private int pack(List<Integer> numbers) {
    int at = 0;
    for (int number : numbers) {
      packed.putInt(at, number, ByteOrder.LITTLE_ENDIAN);
      at += Integer.BYTES;
    }
    return at;
  }

  private static Flag flag(boolean value) {
    return value ? Flag.YES : Flag.NO;
  }

  private static LookupError wire(LookupException.Reason reason) {
    return switch (reason) {
      case MALFORMED -> LookupError.MALFORMED;
      case UNSUPPORTED -> LookupError.UNSUPPORTED;
      case UNKNOWN_TENANT -> LookupError.UNKNOWN_TENANT;
      case UNKNOWN_MODEL -> LookupError.UNKNOWN_MODEL;
      case UNKNOWN_SITE -> LookupError.UNKNOWN_SITE;
      case UNKNOWN_CODE -> LookupError.UNKNOWN_CODE;
      case UNKNOWN_CONCEPT -> LookupError.UNKNOWN_CONCEPT;
      case UNKNOWN_REQUEST -> LookupError.UNKNOWN_REQUEST;
      case LIMIT -> LookupError.LIMIT;
      case UNKNOWN_CORPUS -> LookupError.UNKNOWN_CORPUS;
      case BAD_QUERY -> LookupError.BAD_QUERY;
      case BUSY -> LookupError.BUSY;
      case UNAUTHORIZED -> LookupError.UNAUTHORIZED;
      case INTERNAL, UNAVAILABLE, TIMEOUT -> LookupError.INTERNAL;
    };
  }
}
