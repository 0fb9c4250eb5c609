package dev.steerage.index.aeron;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.index.desk.CorpusDesk;
import dev.steerage.index.desk.LabelBook;
import dev.steerage.index.desk.Question;
import dev.steerage.index.store.CodeIndex;
import dev.steerage.index.store.KnownModel;
import dev.steerage.index.store.Lookups;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import dev.steerage.schemas.index.SiteRefs;
import dev.steerage.schemas.sbe.index.AboutRequestDecoder;
import dev.steerage.schemas.sbe.index.CorporaRequestDecoder;
import dev.steerage.schemas.sbe.index.Flag;
import dev.steerage.schemas.sbe.index.LabelsRequestDecoder;
import dev.steerage.schemas.sbe.index.MessageHeaderDecoder;
import dev.steerage.schemas.sbe.index.QueryKind;
import dev.steerage.schemas.sbe.index.RankBy;
import dev.steerage.schemas.sbe.index.SearchRequestDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.agrona.DirectBuffer;

/// Requests about corpora and labels. Labels are answered at once; the rest goes to the desk, whose
/// replies come later.
final class CorpusAdapter {
  private static final int MOST_ENTRIES = 200;

  private final CodeIndex index;
  private final Lookups lookups;
  private final CorpusDesk desk;
  private final LabelBook labels;
  private final CorpusAnswerWriter answers;
  private final SearchRequestDecoder search = new SearchRequestDecoder();
  private final AboutRequestDecoder about = new AboutRequestDecoder();
  private final CorporaRequestDecoder corpora = new CorporaRequestDecoder();
  private final LabelsRequestDecoder labelled = new LabelsRequestDecoder();

  CorpusAdapter(
      CodeIndex index,
      Lookups lookups,
      CorpusDesk desk,
      LabelBook labels,
      CorpusAnswerWriter answers) {
    this.index = index;
    this.lookups = lookups;
    this.desk = desk;
    this.labels = labels;
    this.answers = answers;
  }

  /// The block length of a request that belongs here; 0: none does.
  static int blockLength(int template) {
    return switch (template) {
      case SearchRequestDecoder.TEMPLATE_ID -> SearchRequestDecoder.BLOCK_LENGTH;
      case AboutRequestDecoder.TEMPLATE_ID -> AboutRequestDecoder.BLOCK_LENGTH;
      case CorporaRequestDecoder.TEMPLATE_ID -> CorporaRequestDecoder.BLOCK_LENGTH;
      case LabelsRequestDecoder.TEMPLATE_ID -> LabelsRequestDecoder.BLOCK_LENGTH;
      default -> 0;
    };
  }

  /// Answers, or takes the question to the desk: then nothing is answered yet.
  int answer(int session, long correlationId, MessageHeaderDecoder header, DirectBuffer frame) {
    switch (header.templateId()) {
      case SearchRequestDecoder.TEMPLATE_ID ->
          desk.ask(session, correlationId, search(header, frame));
      case AboutRequestDecoder.TEMPLATE_ID ->
          desk.ask(session, correlationId, about(header, frame));
      case CorporaRequestDecoder.TEMPLATE_ID -> {
        corpora.wrapAndApplyHeader(frame, 0, header);
        lookups.checkTenant(corpora.tenant());
        desk.ask(session, correlationId, new Question.WhichCorpora(corpora.model()));
      }
      default -> {
        return labels(correlationId, header, frame);
      }
    }
    return LookupAdapter.NO_ANSWER;
  }

  private int labels(long correlationId, MessageHeaderDecoder header, DirectBuffer frame) {
    labelled.wrapAndApplyHeader(frame, 0, header);
    int most = checked(labelled.most(), 2_000);
    String tenant = labelled.tenant();
    String model = labelled.model();
    lookups.checkTenant(tenant);
    return answers.labels(correlationId, labels.find(tenant, model, labelled.query(), most));
  }

  private static int checked(int most, int limit) {
    if (most < 1 || most > limit) {
      throw new LookupException(Reason.LIMIT, "most=" + most + ", limit=1.." + limit);
    }
    return most;
  }

  private Question about(MessageHeaderDecoder header, DirectBuffer frame) {
    about.wrapAndApplyHeader(frame, 0, header);
    Site site = SiteRefs.read(about.site());
    int most = checked(about.most(), MOST_ENTRIES);
    Code code = code(site, about.code());
    String tenant = about.tenant();
    String model = about.model();
    lookups.checkTenant(tenant);
    return new Question.About(tenant, model, about.corpus(), code, most, hashPrefix(model));
  }

  private static Code code(Site site, int id) {
    if (id < 0) {
      throw new LookupException(Reason.UNKNOWN_CODE, "code=" + id);
    }
    return new Code(site, id);
  }

  private Question search(MessageHeaderDecoder header, DirectBuffer frame) {
    search.wrapAndApplyHeader(frame, 0, header);
    List<Site> sites = new ArrayList<>();
    for (var each : search.sites()) {
      sites.add(SiteRefs.read(each.site()));
    }
    String tenant = search.tenant();
    String model = search.model();
    String corpus = search.corpus();
    String query = search.query();
    lookups.checkTenant(tenant);
    CodeSearch asked;
    try {
      asked =
          new CodeSearch(
              model,
              corpus,
              kind(search.kind()),
              query,
              sites,
              rank(search.rankBy()),
              new CodeSearch.Floors(search.minPrecision(), search.minRecall(), search.minSupport()),
              search.heldOut() == Flag.YES,
              search.perSite(),
              search.most(),
              search.examples());
    } catch (IllegalArgumentException e) {
      throw new LookupException(Reason.BAD_QUERY, e.getMessage(), e);
    }
    List<Code> concept =
        asked.kind() == CodeSearch.Kind.CONCEPT ? concept(tenant, query) : List.of();
    return new Question.Search(tenant, asked, concept, hashPrefix(model));
  }

  private List<Code> concept(String tenant, String name) {
    try {
      return lookups.concept(tenant, name).codes();
    } catch (LookupException e) {
      if (e.reason() == Reason.UNKNOWN_CONCEPT) {
        // It may be a label.
        return List.of();
      }
      throw e;
    }
  }

  private OptionalLong hashPrefix(String model) {
    return index
        .model(model)
        .map(KnownModel::hashPrefix)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  private static CodeSearch.Kind kind(QueryKind kind) {
    return switch (kind) {
      case REGEX -> CodeSearch.Kind.REGEX;
      case LITERAL -> CodeSearch.Kind.LITERAL;
      case TOKENS -> CodeSearch.Kind.TOKENS;
      case CONCEPT -> CodeSearch.Kind.CONCEPT;
      case NULL_VAL -> throw new LookupException(Reason.BAD_QUERY, "kind of the query is missing");
    };
  }

  private static CodeSearch.Rank rank(RankBy rank) {
    return switch (rank) {
      case PRECISION -> CodeSearch.Rank.PRECISION;
      case RECALL -> CodeSearch.Rank.RECALL;
      case F1 -> CodeSearch.Rank.F1;
      case NULL_VAL -> throw new LookupException(Reason.BAD_QUERY, "order is missing");
    };
  }
}
