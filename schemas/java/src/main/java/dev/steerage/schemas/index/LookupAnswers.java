package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.sbe.index.AboutResponseDecoder;
import dev.steerage.schemas.sbe.index.ChallengeResponseDecoder;
import dev.steerage.schemas.sbe.index.ConceptResponseDecoder;
import dev.steerage.schemas.sbe.index.ContextsResponseDecoder;
import dev.steerage.schemas.sbe.index.CorporaResponseDecoder;
import dev.steerage.schemas.sbe.index.CountsResponseDecoder;
import dev.steerage.schemas.sbe.index.DigestResponseDecoder;
import dev.steerage.schemas.sbe.index.ErrorResponseDecoder;
import dev.steerage.schemas.sbe.index.Flag;
import dev.steerage.schemas.sbe.index.LabelsResponseDecoder;
import dev.steerage.schemas.sbe.index.LookupError;
import dev.steerage.schemas.sbe.index.MessageHeaderDecoder;
import dev.steerage.schemas.sbe.index.PositionCodesResponseDecoder;
import dev.steerage.schemas.sbe.index.ProofResponseDecoder;
import dev.steerage.schemas.sbe.index.SearchResponseDecoder;
import dev.steerage.schemas.sbe.index.StatusResponseDecoder;
import dev.steerage.schemas.sbe.index.TopCodesResponseDecoder;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.agrona.DirectBuffer;

/// Reads the answers of the index into records.
public final class LookupAnswers {
  private LookupAnswers() {}

  /// Whether a frame is an answer of the index that this version can read.
  public static boolean isAnswer(DirectBuffer frame, int offset, int length) {
    if (length < MessageHeaderDecoder.ENCODED_LENGTH + Long.BYTES) {
      return false;
    }
    var header = new MessageHeaderDecoder().wrap(frame, offset);
    return header.schemaId() == MessageHeaderDecoder.SCHEMA_ID;
  }

  /// The correlation id, at the same place in every answer.
  public static long correlationId(DirectBuffer frame, int offset) {
    return frame.getLong(offset + MessageHeaderDecoder.ENCODED_LENGTH, ByteOrder.LITTLE_ENDIAN);
  }

  /// The answer as a record.
  ///
  /// @throws LookupException if the index answered with an error, or with something unreadable
  public static Object read(DirectBuffer frame, int offset, int length) {
    var header = new MessageHeaderDecoder().wrap(frame, offset);
    try {
      return switch (header.templateId()) {
        case CountsResponseDecoder.TEMPLATE_ID -> counts(frame, offset, header);
        case ContextsResponseDecoder.TEMPLATE_ID -> contexts(frame, offset, header);
        case ConceptResponseDecoder.TEMPLATE_ID -> concept(frame, offset, header);
        case TopCodesResponseDecoder.TEMPLATE_ID -> topCodes(frame, offset, header);
        case PositionCodesResponseDecoder.TEMPLATE_ID -> positions(frame, offset, header);
        case StatusResponseDecoder.TEMPLATE_ID -> status(frame, offset, header);
        case DigestResponseDecoder.TEMPLATE_ID -> digest(frame, offset, header);
        case ChallengeResponseDecoder.TEMPLATE_ID -> challenge(frame, offset, header);
        case ProofResponseDecoder.TEMPLATE_ID -> new AccessAnswer.Proven();
        case SearchResponseDecoder.TEMPLATE_ID -> CorpusAnswers.search(frame, offset, header);
        case AboutResponseDecoder.TEMPLATE_ID -> CorpusAnswers.about(frame, offset, header);
        case CorporaResponseDecoder.TEMPLATE_ID -> CorpusAnswers.corpora(frame, offset, header);
        case LabelsResponseDecoder.TEMPLATE_ID -> CorpusAnswers.labels(frame, offset, header);
        case ErrorResponseDecoder.TEMPLATE_ID -> throw error(frame, offset, header);
        default ->
            throw new LookupException(
                LookupException.Reason.UNSUPPORTED, "answer: template=" + header.templateId());
      };
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new LookupException(
          LookupException.Reason.MALFORMED, "answer cannot be read: bytes=" + length, e);
    }
  }

  private static CodeCounts counts(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new CountsResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    return new CodeCounts(
        in.firings(), in.live(), in.positions(), Instant.ofEpochMilli(in.knownSinceMs()));
  }

  private static CodeContexts contexts(
      DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new ContextsResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    List<CodeContexts.Context> contexts = new ArrayList<>();
    for (var context : in.contexts()) {
      int position = context.position();
      int focus = context.focus();
      boolean live = context.live() == Flag.YES;
      Instant time = Instant.ofEpochMilli(context.timeMs());
      String request = context.request();
      byte[] tokens = new byte[context.tokensLength()];
      context.getTokens(tokens, 0, tokens.length);
      contexts.add(
          new CodeContexts.Context(
              request, position, PackedInts.unpack(tokens), focus, live, time));
    }
    List<CodeContexts.FiredOn> firedOn = new ArrayList<>();
    for (var token : in.firedOn()) {
      firedOn.add(new CodeContexts.FiredOn(token.token(), token.firings(), token.over()));
    }
    List<CodeContexts.RuleTouch> rules = new ArrayList<>();
    for (var each : in.rules()) {
      long put = each.put();
      long taken = each.taken();
      Instant last = Instant.ofEpochMilli(each.lastMs());
      rules.add(new CodeContexts.RuleTouch(each.rule(), put, taken, last));
    }
    return new CodeContexts(contexts, firedOn, rules);
  }

  private static ConceptCodes concept(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new ConceptResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    long revision = in.revision();
    List<Code> codes = new ArrayList<>();
    for (var code : in.codes()) {
      codes.add(new Code(SiteRefs.read(code.site()), code.code()));
    }
    String model = in.model();
    return new ConceptCodes(in.conceptName(), model, revision, codes);
  }

  private static TopCodes topCodes(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new TopCodesResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    List<TopCodes.Entry> codes = new ArrayList<>();
    for (var code : in.codes()) {
      codes.add(new TopCodes.Entry(code.code(), code.firings()));
    }
    return new TopCodes(codes, in.positions(), Instant.ofEpochMilli(in.knownSinceMs()));
  }

  private static PositionCodes positions(
      DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new PositionCodesResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    List<PositionCodes.SiteSlots> sites = new ArrayList<>();
    for (var site : in.sites()) {
      sites.add(new PositionCodes.SiteSlots(SiteRefs.read(site.site()), site.slots()));
    }
    List<PositionCodes.Position> positions = new ArrayList<>();
    for (var each : in.positions()) {
      int position = each.position();
      int token = each.token();
      boolean live = each.live() == Flag.YES;
      byte[] codes = new byte[each.codesLength()];
      each.getCodes(codes, 0, codes.length);
      positions.add(new PositionCodes.Position(position, token, live, PackedInts.unpack(codes)));
    }
    return new PositionCodes(in.model(), sites, positions, in.endPosition());
  }

  private static IndexStatus status(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new StatusResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    List<IndexStatus.Progress> partitions = new ArrayList<>();
    for (var each : in.partitions()) {
      int partition = each.partition();
      long nextOffset = each.nextOffset();
      partitions.add(new IndexStatus.Progress(each.topic(), partition, nextOffset));
    }
    return new IndexStatus(
        in.caughtUp() == Flag.YES,
        Instant.ofEpochMilli(in.knownSinceMs()),
        in.tenants(),
        in.committedPositions(),
        in.livePositions(),
        in.liveFrames(),
        in.gaps(),
        in.foreignFrames(),
        in.foreignRecords(),
        in.foreignRequests(),
        in.droppedResponses(),
        in.evictions(),
        in.memoryBytes(),
        in.memoryLimitBytes(),
        partitions);
  }

  private static IndexDigest digest(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new DigestResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    boolean caughtUp = in.caughtUp() == Flag.YES;
    Instant knownSince = Instant.ofEpochMilli(in.knownSinceMs());
    long evictedModels = in.evictedModels();
    List<IndexStatus.Progress> partitions = new ArrayList<>();
    for (var each : in.partitions()) {
      int partition = each.partition();
      long nextOffset = each.nextOffset();
      partitions.add(new IndexStatus.Progress(each.topic(), partition, nextOffset));
    }
    return new IndexDigest(in.digest(), caughtUp, knownSince, evictedModels, partitions);
  }

  private static AccessAnswer challenge(
      DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new ChallengeResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    byte[] challenge = new byte[in.challengeLength()];
    in.getChallenge(challenge, 0, challenge.length);
    return new AccessAnswer.Challenge(HexFormat.of().formatHex(challenge));
  }

  private static LookupException error(
      DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new ErrorResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    LookupError reason = in.reason();
    return new LookupException(reason(reason), in.detail());
  }

  private static LookupException.Reason reason(LookupError error) {
    return switch (error) {
      case MALFORMED -> LookupException.Reason.MALFORMED;
      case UNSUPPORTED -> LookupException.Reason.UNSUPPORTED;
      case UNKNOWN_TENANT -> LookupException.Reason.UNKNOWN_TENANT;
      case UNKNOWN_MODEL -> LookupException.Reason.UNKNOWN_MODEL;
      case UNKNOWN_SITE -> LookupException.Reason.UNKNOWN_SITE;
      case UNKNOWN_CODE -> LookupException.Reason.UNKNOWN_CODE;
      case UNKNOWN_CONCEPT -> LookupException.Reason.UNKNOWN_CONCEPT;
      case UNKNOWN_REQUEST -> LookupException.Reason.UNKNOWN_REQUEST;
      case LIMIT -> LookupException.Reason.LIMIT;
      case UNKNOWN_CORPUS -> LookupException.Reason.UNKNOWN_CORPUS;
      case BAD_QUERY -> LookupException.Reason.BAD_QUERY;
      case BUSY -> LookupException.Reason.BUSY;
      case UNAUTHORIZED -> LookupException.Reason.UNAUTHORIZED;
      case INTERNAL, NULL_VAL -> LookupException.Reason.INTERNAL;
    };
  }
}
