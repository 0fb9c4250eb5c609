package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.index.AboutResponseDecoder;
import dev.steerage.schemas.sbe.index.CodeType;
import dev.steerage.schemas.sbe.index.CorporaResponseDecoder;
import dev.steerage.schemas.sbe.index.Flag;
import dev.steerage.schemas.sbe.index.LabelsResponseDecoder;
import dev.steerage.schemas.sbe.index.MessageHeaderDecoder;
import dev.steerage.schemas.sbe.index.SearchResponseDecoder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.agrona.DirectBuffer;

/// Reads answers about corpora and labels. Fields of variable length are read in the order of the
/// schema.
final class CorpusAnswers {
  private CorpusAnswers() {}

  static FoundCodes search(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new SearchResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    FoundCodes.Sample sample = sample(in);
    List<FoundCodes.Found> codes = new ArrayList<>();
    for (var each : in.codes()) {
      Code code = new Code(SiteRefs.read(each.site()), each.code());
      var chosen = new CodeScore(each.chosenHits(), each.chosenFirings(), in.chosenMatches());
      var scored = new CodeScore(each.hits(), each.firings(), in.scoredMatches());
      var score = new CodeScore(each.neuronHits(), each.neuronFirings(), sample.scoredMatches());
      String name = each.neuron();
      Optional<FoundCodes.Neuron> neuron =
          name.isEmpty() ? Optional.empty() : Optional.of(new FoundCodes.Neuron(name, score));
      codes.add(new FoundCodes.Found(code, chosen, scored, neuron, each.label()));
    }
    List<FoundCodes.Example> examples = new ArrayList<>();
    for (var each : in.examples()) {
      long document = each.document();
      int position = each.position();
      String before = each.before();
      String token = each.token();
      examples.add(new FoundCodes.Example(document, position, before, token, each.after()));
    }
    String model = in.model();
    return new FoundCodes(
        model,
        in.corpus(),
        in.documents(),
        in.positions(),
        in.complete() == Flag.YES,
        in.heldOut() == Flag.YES,
        Duration.ofNanos(in.elapsedNs()),
        codes,
        examples,
        in.chosenMatches(),
        in.scoredMatches(),
        sample);
  }

  /// Of an index that knows no samples: none.
  private static FoundCodes.Sample sample(SearchResponseDecoder in) {
    return in.actingVersion() < SearchResponseDecoder.sampleDocumentsSinceVersion()
        ? FoundCodes.Sample.NONE
        : new FoundCodes.Sample(
            in.sampleDocuments(),
            in.samplePositions(),
            in.sampleChosenMatches(),
            in.sampleScoredMatches());
  }

  static AboutCode about(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new AboutResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    List<AboutCode.Context> contexts = contexts(in);
    List<AboutCode.FiredOn> firedOn = new ArrayList<>();
    for (var each : in.firedOn()) {
      int token = each.token();
      long firings = each.firings();
      long occurrences = each.occurrences();
      firedOn.add(new AboutCode.FiredOn(token, each.text(), firings, occurrences));
    }
    List<AboutCode.LensToken> lens = new ArrayList<>();
    for (var each : in.lens()) {
      int token = each.token();
      double logit = each.logit();
      lens.add(new AboutCode.LensToken(token, each.text(), logit));
    }
    List<AboutCode.Related> related = new ArrayList<>();
    for (var each : in.related()) {
      Code code = new Code(SiteRefs.read(each.site()), each.code());
      double cosine = each.cosine();
      double phi = each.phi();
      long together = each.together();
      related.add(new AboutCode.Related(code, cosine, phi, together, each.label()));
    }
    List<CodeLabels.Label> labels = new ArrayList<>();
    for (var each : in.labels()) {
      Instant time = Instant.ofEpochMilli(each.timeMs());
      double score = each.score();
      String text = each.text();
      String author = each.author();
      labels.add(new CodeLabels.Label(text, author, each.owner(), time, score));
    }
    String model = in.model();
    return new AboutCode(
        model,
        in.corpus(),
        in.documents(),
        in.positions(),
        in.firings(),
        in.firingDocuments(),
        type(in.codeType()),
        in.positionInformation(),
        in.topicEntropy(),
        in.sources(),
        contexts,
        firedOn,
        lens,
        related,
        labels);
  }

  private static List<AboutCode.Context> contexts(AboutResponseDecoder in) {
    List<AboutCode.Context> contexts = new ArrayList<>();
    for (var each : in.contexts()) {
      long document = each.document();
      int position = each.position();
      int slot = each.slot();
      String before = each.before();
      String token = each.token();
      contexts.add(new AboutCode.Context(document, position, slot, before, token, each.after()));
    }
    return contexts;
  }

  static Corpora corpora(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new CorporaResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    List<Corpora.Corpus> corpora = new ArrayList<>();
    for (var each : in.corpora()) {
      long documents = each.documents();
      long positions = each.positions();
      long bytes = each.bytes();
      int segments = each.segments();
      int damaged = each.damaged();
      String name = each.corpus();
      String model = each.model();
      corpora.add(
          new Corpora.Corpus(
              name, model, each.modelHash(), documents, positions, bytes, segments, damaged));
    }
    return new Corpora(corpora);
  }

  static CodeLabels labels(DirectBuffer frame, int offset, MessageHeaderDecoder header) {
    var in = new LabelsResponseDecoder().wrapAndApplyHeader(frame, offset, header);
    List<CodeLabels.Labelled> labels = new ArrayList<>();
    for (var each : in.labels()) {
      Site site = SiteRefs.read(each.site());
      Code code = new Code(site, each.code());
      Instant time = Instant.ofEpochMilli(each.timeMs());
      double score = each.score();
      String text = each.text();
      String author = each.author();
      labels.add(
          new CodeLabels.Labelled(
              code, new CodeLabels.Label(text, author, each.owner(), time, score)));
    }
    return new CodeLabels(labels, in.found());
  }

  private static AboutCode.Type type(CodeType type) {
    return switch (type) {
      case DEAD -> AboutCode.Type.DEAD;
      case TOKEN -> AboutCode.Type.TOKEN;
      case NGRAM -> AboutCode.Type.NGRAM;
      case POSITIONAL -> AboutCode.Type.POSITIONAL;
      case OTHER, NULL_VAL -> AboutCode.Type.OTHER;
    };
  }
}
