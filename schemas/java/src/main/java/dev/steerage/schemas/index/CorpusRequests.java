package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.index.AboutRequestEncoder;
import dev.steerage.schemas.sbe.index.CorporaRequestEncoder;
import dev.steerage.schemas.sbe.index.Flag;
import dev.steerage.schemas.sbe.index.LabelsRequestEncoder;
import dev.steerage.schemas.sbe.index.MessageHeaderEncoder;
import dev.steerage.schemas.sbe.index.QueryKind;
import dev.steerage.schemas.sbe.index.RankBy;
import dev.steerage.schemas.sbe.index.SearchRequestEncoder;
import org.agrona.MutableDirectBuffer;

/// Writes questions about corpora and labels. Each method returns the length of the frame, which
/// starts at 0.
///
/// Not thread-safe: one instance per client.
public final class CorpusRequests {
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final SearchRequestEncoder search = new SearchRequestEncoder();
  private final AboutRequestEncoder about = new AboutRequestEncoder();
  private final CorporaRequestEncoder corpora = new CorporaRequestEncoder();
  private final LabelsRequestEncoder labels = new LabelsRequestEncoder();

  /// Which codes fire where this matches?
  public int search(MutableDirectBuffer to, long correlationId, String tenant, CodeSearch ask) {
    search
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .kind(wire(ask.kind()))
        .rankBy(wire(ask.rankBy()))
        .heldOut(ask.heldOut() ? Flag.YES : Flag.NO)
        .perSite(ask.perSite())
        .most(ask.most())
        .examples((short) ask.examples())
        .minPrecision(ask.floors().precision())
        .minRecall(ask.floors().recall())
        .minSupport(ask.floors().support());
    var sites = search.sitesCount(ask.sites().size());
    for (Site site : ask.sites()) {
      SiteRefs.write(sites.next().site(), site);
    }
    search
        .tenant(LookupRequests.checked("tenant", tenant))
        .model(LookupRequests.checked("model", ask.model()))
        .corpus(LookupRequests.checked("corpus", ask.corpus()))
        .query(LookupRequests.checked("query", ask.query(), CodeSearch.MAX_QUERY_BYTES));
    return MessageHeaderEncoder.ENCODED_LENGTH + search.encodedLength();
  }

  /// What does a corpus say about this code?
  ///
  /// @param corpus empty: the model's first by name
  public int about(
      MutableDirectBuffer to,
      long correlationId,
      String tenant,
      String model,
      String corpus,
      Code code,
      int most) {
    about
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .code(code.id())
        .most(LookupRequests.most(most));
    SiteRefs.write(about.site(), code.site());
    about
        .tenant(LookupRequests.checked("tenant", tenant))
        .model(LookupRequests.checked("model", model))
        .corpus(LookupRequests.checked("corpus", corpus));
    return MessageHeaderEncoder.ENCODED_LENGTH + about.encodedLength();
  }

  /// Which corpora are open?
  ///
  /// @param model empty: any
  public int corpora(MutableDirectBuffer to, long correlationId, String tenant, String model) {
    corpora
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .tenant(LookupRequests.checked("tenant", tenant))
        .model(LookupRequests.checked("model", model));
    return MessageHeaderEncoder.ENCODED_LENGTH + corpora.encodedLength();
  }

  /// Which labels are there?
  ///
  /// @param query part of a label, or a code; empty: all
  public int labels(
      MutableDirectBuffer to,
      long correlationId,
      String tenant,
      String model,
      String query,
      int most) {
    labels
        .wrapAndApplyHeader(to, 0, header)
        .correlationId(correlationId)
        .most(LookupRequests.most(most))
        .tenant(LookupRequests.checked("tenant", tenant))
        .model(LookupRequests.checked("model", model))
        .query(LookupRequests.checked("query", query, CodeSearch.MAX_QUERY_BYTES));
    return MessageHeaderEncoder.ENCODED_LENGTH + labels.encodedLength();
  }

  private static QueryKind wire(CodeSearch.Kind kind) {
    return switch (kind) {
      case REGEX -> QueryKind.REGEX;
      case LITERAL -> QueryKind.LITERAL;
      case TOKENS -> QueryKind.TOKENS;
      case CONCEPT -> QueryKind.CONCEPT;
    };
  }

  private static RankBy wire(CodeSearch.Rank rank) {
    return switch (rank) {
      case PRECISION -> RankBy.PRECISION;
      case RECALL -> RankBy.RECALL;
      case F1 -> RankBy.F1;
    };
  }
}
