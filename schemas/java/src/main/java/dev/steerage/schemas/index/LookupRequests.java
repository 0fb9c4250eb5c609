package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.index.ChallengeRequestEncoder;
import dev.steerage.schemas.sbe.index.ConceptRequestEncoder;
import dev.steerage.schemas.sbe.index.ContextsRequestEncoder;
import dev.steerage.schemas.sbe.index.CountsRequestEncoder;
import dev.steerage.schemas.sbe.index.DigestRequestEncoder;
import dev.steerage.schemas.sbe.index.MessageHeaderEncoder;
import dev.steerage.schemas.sbe.index.PositionCodesRequestEncoder;
import dev.steerage.schemas.sbe.index.ProofRequestEncoder;
import dev.steerage.schemas.sbe.index.StatusRequestEncoder;
import dev.steerage.schemas.sbe.index.TopCodesRequestEncoder;
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/// Writes look-up requests. Each method returns the length of the frame, which starts at 0.
///
/// Not thread-safe: one instance per client.
public final class LookupRequests {
  /// Longest name in a request, in UTF-8 bytes.
  public static final int MAX_TEXT_BYTES = 254;

  /// Room for the largest request.
  public static final int MAX_FRAME_BYTES = 4096;

  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final CountsRequestEncoder counts = new CountsRequestEncoder();
  private final ContextsRequestEncoder contexts = new ContextsRequestEncoder();
  private final ConceptRequestEncoder concept = new ConceptRequestEncoder();
  private final TopCodesRequestEncoder topCodes = new TopCodesRequestEncoder();
  private final PositionCodesRequestEncoder positions = new PositionCodesRequestEncoder();
  private final StatusRequestEncoder status = new StatusRequestEncoder();
  private final DigestRequestEncoder digest = new DigestRequestEncoder();
  private final ChallengeRequestEncoder challenge = new ChallengeRequestEncoder();
  private final ProofRequestEncoder proof = new ProofRequestEncoder();

  /// How often did this code fire?
  public int counts(
      MutableDirectBuffer to, long correlationId, String tenant, String model, Code code) {
    counts.wrapAndApplyHeader(to, 0, header).correlationId(correlationId).code(code.id());
    SiteRefs.write(counts.site(), code.site());
    counts.tenant(checked("tenant", tenant)).model(checked("model", model));
    return MessageHeaderEncoder.ENCODED_LENGTH + counts.encodedLength();
  }

  /// Where did this code fire lately?
  public int contexts(
      MutableDirectBuffer to,
      long correlationId,
      String tenant,
      String model,
      Code code,
      int most) {
    contexts
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .code(code.id())
        .most(most(most));
    SiteRefs.write(contexts.site(), code.site());
    contexts.tenant(checked("tenant", tenant)).model(checked("model", model));
    return MessageHeaderEncoder.ENCODED_LENGTH + contexts.encodedLength();
  }

  /// Which codes are in this concept?
  public int concept(MutableDirectBuffer to, long correlationId, String tenant, String name) {
    concept
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .tenant(checked("tenant", tenant))
        .conceptName(checked("concept", name));
    return MessageHeaderEncoder.ENCODED_LENGTH + concept.encodedLength();
  }

  /// Which codes of this site fired most?
  public int topCodes(
      MutableDirectBuffer to,
      long correlationId,
      String tenant,
      String model,
      Site site,
      int most) {
    topCodes.wrapAndApplyHeader(to, 0, header).correlationId(correlationId).most(most(most));
    SiteRefs.write(topCodes.site(), site);
    topCodes.tenant(checked("tenant", tenant)).model(checked("model", model));
    return MessageHeaderEncoder.ENCODED_LENGTH + topCodes.encodedLength();
  }

  /// Which codes fired at these positions of a request?
  public int positions(
      MutableDirectBuffer to,
      long correlationId,
      String tenant,
      String request,
      int from,
      int most) {
    if (from < 0) {
      throw new IllegalArgumentException("fromPosition=" + from + ", limit=0");
    }
    positions
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .fromPosition(from)
        .most(most(most))
        .tenant(checked("tenant", tenant))
        .request(checked("request", request));
    return MessageHeaderEncoder.ENCODED_LENGTH + positions.encodedLength();
  }

  /// What does the index know?
  ///
  /// @param tenant whose topics to list; empty: none
  public int status(MutableDirectBuffer to, long correlationId, String tenant) {
    status
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .tenant(checked("tenant", tenant));
    return MessageHeaderEncoder.ENCODED_LENGTH + status.encodedLength();
  }

  /// What does the index know from committed records, in one number?
  ///
  /// @param tenant empty: of all tenants
  public int digest(MutableDirectBuffer to, long correlationId, String tenant) {
    digest
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .tenant(checked("tenant", tenant));
    return MessageHeaderEncoder.ENCODED_LENGTH + digest.encodedLength();
  }

  /// What must be proven with a key?
  public int challenge(MutableDirectBuffer to, long correlationId) {
    challenge.wrapAndApplyHeader(to, 0, header).correlationId(correlationId);
    return MessageHeaderEncoder.ENCODED_LENGTH + challenge.encodedLength();
  }

  /// Does this prove that I speak for the tenant?
  public int proof(MutableDirectBuffer to, long correlationId, String tenant, byte[] proof) {
    this.proof
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .tenant(checked("tenant", tenant))
        .putProof(proof, 0, proof.length);
    return MessageHeaderEncoder.ENCODED_LENGTH + this.proof.encodedLength();
  }

  static int most(int most) {
    if (most < 1 || most > 0xFFFE) {
      throw new IllegalArgumentException("most=" + most + ", limit=1..65534");
    }
    return most;
  }

  static String checked(String name, String text) {
    return checked(name, text, MAX_TEXT_BYTES);
  }

  static String checked(String name, String text, int limit) {
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > limit) {
      throw new IllegalArgumentException(name + ": bytes=" + bytes + ", limit=" + limit);
    }
    return text;
  }
}
