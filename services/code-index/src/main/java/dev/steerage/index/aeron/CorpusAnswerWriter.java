package dev.steerage.index.aeron;

import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.CodeLabels;
import dev.steerage.schemas.index.Corpora;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.SiteRefs;
import dev.steerage.schemas.sbe.index.AboutResponseEncoder;
import dev.steerage.schemas.sbe.index.CodeType;
import dev.steerage.schemas.sbe.index.CorporaResponseEncoder;
import dev.steerage.schemas.sbe.index.Flag;
import dev.steerage.schemas.sbe.index.LabelsResponseEncoder;
import dev.steerage.schemas.sbe.index.MessageHeaderEncoder;
import dev.steerage.schemas.sbe.index.SearchResponseEncoder;
import java.nio.charset.StandardCharsets;
import org.agrona.MutableDirectBuffer;

/// Writes answers about corpora and labels into the buffer of an [AnswerWriter], under the same
/// rules.
final class CorpusAnswerWriter {
  private static final int SHORT_BYTES = 254;
  private static final int LONG_BYTES = 4_000;

  private final MutableDirectBuffer buffer;
  private final MessageHeaderEncoder header = new MessageHeaderEncoder();
  private final SearchResponseEncoder search = new SearchResponseEncoder();
  private final AboutResponseEncoder about = new AboutResponseEncoder();
  private final CorporaResponseEncoder corpora = new CorporaResponseEncoder();
  private final LabelsResponseEncoder labels = new LabelsResponseEncoder();

  CorpusAnswerWriter(MutableDirectBuffer buffer) {
    this.buffer = buffer;
  }

  int search(long correlationId, FoundCodes found) {
    search
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .documents(found.documents())
        .positions(found.positions())
        .complete(flag(found.complete()))
        .heldOut(flag(found.heldOut()))
        .chosenMatches(found.chosenMatches())
        .scoredMatches(found.scoredMatches())
        .elapsedNs(found.elapsed().toNanos())
        .sampleDocuments(found.sample().documents())
        .samplePositions(found.sample().positions())
        .sampleChosenMatches(found.sample().chosenMatches())
        .sampleScoredMatches(found.sample().scoredMatches());
    var codes = search.codesCount(found.codes().size());
    for (FoundCodes.Found each : found.codes()) {
      codes
          .next()
          .code(each.code().id())
          .chosenHits(each.chosen().hits())
          .chosenFirings(each.chosen().firings())
          .hits(each.scored().hits())
          .firings(each.scored().firings())
          .neuronPrecision(each.neuron().map(FoundCodes.Neuron::precision).orElse(Double.NaN))
          .neuronHits(each.neuron().map(neuron -> neuron.scored().hits()).orElse(0L))
          .neuronFirings(each.neuron().map(neuron -> neuron.scored().firings()).orElse(0L));
      SiteRefs.write(codes.site(), each.code().site());
      codes
          .neuron(each.neuron().map(FoundCodes.Neuron::name).orElse(""))
          .label(cut(each.label(), SHORT_BYTES));
    }
    var examples = search.examplesCount(found.examples().size());
    for (FoundCodes.Example each : found.examples()) {
      examples
          .next()
          .document(each.document())
          .position(each.position())
          .before(cut(each.before(), LONG_BYTES))
          .token(cut(each.token(), LONG_BYTES))
          .after(cut(each.after(), LONG_BYTES));
    }
    search.model(found.model()).corpus(found.corpus());
    return MessageHeaderEncoder.ENCODED_LENGTH + search.encodedLength();
  }

  int about(long correlationId, AboutCode found) {
    about
        .wrapAndApplyHeader(buffer, 0, header)
        .correlationId(correlationId)
        .documents(found.documents())
        .positions(found.positions())
        .firings(found.firings())
        .firingDocuments(found.firingDocuments())
        .codeType(wire(found.type()))
        .positionInformation(found.positionInformation())
        .topicEntropy(found.topicEntropy())
        .sources(found.sources());
    var contexts = about.contextsCount(found.contexts().size());
    for (AboutCode.Context each : found.contexts()) {
      contexts
          .next()
          .document(each.document())
          .position(each.position())
          .slot((short) each.slot())
          .before(cut(each.before(), LONG_BYTES))
          .token(cut(each.token(), LONG_BYTES))
          .after(cut(each.after(), LONG_BYTES));
    }
    var firedOn = about.firedOnCount(found.firedOn().size());
    for (AboutCode.FiredOn each : found.firedOn()) {
      firedOn
          .next()
          .token(each.token())
          .firings(each.firings())
          .occurrences(each.occurrences())
          .text(cut(each.text(), LONG_BYTES));
    }
    var lens = about.lensCount(found.lens().size());
    for (AboutCode.LensToken each : found.lens()) {
      lens.next().token(each.token()).logit(each.logit()).text(cut(each.text(), LONG_BYTES));
    }
    relations(found);
    about.model(found.model()).corpus(found.corpus());
    return MessageHeaderEncoder.ENCODED_LENGTH + about.encodedLength();
  }

  private void relations(AboutCode found) {
    var related = about.relatedCount(found.related().size());
    for (AboutCode.Related each : found.related()) {
      related
          .next()
          .code(each.code().id())
          .cosine(each.cosine())
          .phi(each.phi())
          .together(each.together());
      SiteRefs.write(related.site(), each.code().site());
      related.label(cut(each.label(), SHORT_BYTES));
    }
    var group = about.labelsCount(found.labels().size());
    for (CodeLabels.Label each : found.labels()) {
      group
          .next()
          .timeMs(each.time().toEpochMilli())
          .score(each.score())
          .text(cut(each.text(), LONG_BYTES))
          .author(cut(each.author(), SHORT_BYTES))
          .owner(each.owner());
    }
  }

  int corpora(long correlationId, Corpora found) {
    corpora.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId);
    var group = corpora.corporaCount(found.corpora().size());
    for (Corpora.Corpus each : found.corpora()) {
      group
          .next()
          .documents(each.documents())
          .positions(each.positions())
          .bytes(each.bytes())
          .segments(each.segments())
          .damaged(each.damaged())
          .corpus(each.name())
          .model(each.model())
          .modelHash(each.modelHash());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + corpora.encodedLength();
  }

  int labels(long correlationId, CodeLabels found) {
    labels.wrapAndApplyHeader(buffer, 0, header).correlationId(correlationId).found(found.found());
    var group = labels.labelsCount(found.labels().size());
    for (CodeLabels.Labelled each : found.labels()) {
      group
          .next()
          .code(each.code().id())
          .timeMs(each.label().time().toEpochMilli())
          .score(each.label().score());
      SiteRefs.write(group.site(), each.code().site());
      group
          .text(cut(each.label().text(), LONG_BYTES))
          .author(cut(each.label().author(), SHORT_BYTES))
          .owner(each.label().owner());
    }
    return MessageHeaderEncoder.ENCODED_LENGTH + labels.encodedLength();
  }

  /// The text up to about so many bytes.
  private static String cut(String text, int bytes) {
    if (text.length() * 3L <= bytes) {
      return text;
    }
    String cut = text;
    while (cut.getBytes(StandardCharsets.UTF_8).length > bytes) {
      cut = cut.substring(0, cut.offsetByCodePoints(cut.length(), -1));
    }
    return cut;
  }

  private static Flag flag(boolean value) {
    return value ? Flag.YES : Flag.NO;
  }

  private static CodeType wire(AboutCode.Type type) {
    return switch (type) {
      case DEAD -> CodeType.DEAD;
      case TOKEN -> CodeType.TOKEN;
      case NGRAM -> CodeType.NGRAM;
      case POSITIONAL -> CodeType.POSITIONAL;
      case OTHER -> CodeType.OTHER;
    };
  }
}
