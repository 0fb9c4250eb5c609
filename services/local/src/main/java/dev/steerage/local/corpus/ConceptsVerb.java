package dev.steerage.local.corpus;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.experiments.ExperimentException;
import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Report;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.index.search.SearchLimits;
import dev.steerage.index.search.Searcher;
import dev.steerage.index.topics.Topic;
import dev.steerage.index.topics.TopicFinder;
import dev.steerage.index.topics.TopicSettings;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.FoundCodes;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `experiment concepts`.
@Command(
    name = "concepts",
    mixinStandardHelpOptions = true,
    description = {
      "How precisely single codes tell concepts that were defined from text alone, and of what",
      "kind all other codes are. Protocol: infra/models/reports/concepts-protocol.md."
    })
public final class ConceptsVerb extends ExperimentVerb {
  private static final int HITS = 10;
  private static final double RECALL = 0.1;
  private static final double CONCEPT_PRECISION = 0.5;
  private static final double CONCEPT_RECALL = 0.01;
  private static final int MOST = 1_000;
  private static final int QUICK_SITES = 2;
  private static final int QUICK_CONCEPTS = 3;

  /// The index's own limit on time is for people who wait.
  private static final SearchLimits PATIENT =
      new SearchLimits(
          512, Duration.ofMinutes(5), 50_000_000, Runtime.getRuntime().availableProcessors(), 0);

  @Parameters(
      paramLabel = "CORPUS",
      description = "Name of a corpus of 'steerage index build', of text that nobody trained on.")
  private String name;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description = "It is in corpora/NAME of this. Default: $$STEERAGE_DATA, else .steerage.")
  private Path data;

  @Override
  protected String title() {
    return "Codes for concepts defined from text, and kinds of codes";
  }

  @Override
  protected void measure(Report report) {
    OpenCorpus open = open();
    describe(report, open.corpus());
    Set<Code> ofConcepts = new HashSet<>();
    try (Searcher searcher = new Searcher(PATIENT)) {
      concepts(report, open, searcher, ofConcepts);
    }
    note("topics");
    List<Topic> topics = TopicFinder.of(open, TopicSettings.DEFAULT, Integer.MAX_VALUE, _ -> {});
    Set<Code> ofTopics = new HashSet<>();
    topics.forEach(topic -> ofTopics.addAll(topic.codes()));
    report.setting("topics found", topics.size() + ", " + ofTopics.size() + " codes");
    kinds(report, new CodeKinds(open, ofConcepts, ofTopics));
  }

  private OpenCorpus open() {
    try {
      return OpenCorpus.of(Corpus.open(data.resolve("corpora").resolve(name)));
    } catch (CorpusException e) {
      throw new ExperimentException(e.getMessage(), e);
    }
  }

  private static void describe(Report report, Corpus corpus) {
    CorpusInfo info = corpus.info();
    report.setting("model " + info.model(), "`" + info.modelHash() + "`");
    report.setting("numeric class", "`" + info.numericClass() + "`");
    report.setting(
        "corpus",
        "%,d documents, %,d tokens, %d sites"
            .formatted(corpus.documents(), corpus.positions(), info.sites().size()));
    for (CorpusInfo.Source source : info.sources()) {
      report.setting(
          "text " + Path.of(source.path()).getFileName(),
          "%,d bytes, SHA-256 `%s`".formatted(source.bytes(), source.sha256()));
    }
  }

  private void concepts(Report report, OpenCorpus open, Searcher searcher, Set<Code> ofConcepts) {
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot =
        new BarPlot("precision of the best code on the other half", List.of("code", "any token"));
    double sum = 0;
    int found = 0;
    for (Map.Entry<String, String> concept : TextConcepts.patterns().entrySet()) {
      if (isQuick() && rows.size() == QUICK_CONCEPTS) {
        break;
      }
      note(concept.getKey());
      FoundCodes best =
          search(open, searcher, concept.getValue(), new CodeSearch.Floors(0, RECALL, HITS));
      long matches = best.chosenMatches() + best.scoredMatches();
      double rate = (double) matches / open.corpus().positions();
      search(
              open,
              searcher,
              concept.getValue(),
              new CodeSearch.Floors(CONCEPT_PRECISION, CONCEPT_RECALL, HITS))
          .codes()
          .stream()
          .filter(code -> code.scored().precision() >= CONCEPT_PRECISION)
          .forEach(code -> ofConcepts.add(code.code()));
      Optional<FoundCodes.Found> first = best.codes().stream().findFirst();
      rows.add(row(concept.getKey(), matches, rate, first));
      double precision = first.map(code -> code.scored().precision()).orElse(0.0);
      plot.bars(concept.getKey(), precision, rate);
      sum += precision;
      found += first.isPresent() ? 1 : 0;
    }
    report.heading("Concepts");
    report.table(
        List.of(
            "concept",
            "matches",
            "tokens that match",
            "best code",
            "precision, chosen",
            "precision, other half",
            "95 %",
            "recall, other half"),
        rows);
    report.text(
        String.format(
            Locale.ROOT,
            "Mean precision on the other half %.3f over %d concepts; %d of them have a code of the"
                + " least recall (the others count as 0). Codes counted as *concept* below: %d.",
            sum / rows.size(),
            rows.size(),
            found,
            ofConcepts.size()));
    report.plot("precision of the best code of each concept", plot.svg());
  }

  private static FoundCodes search(
      OpenCorpus open, Searcher searcher, String pattern, CodeSearch.Floors floors) {
    CodeSearch search =
        CodeSearch.of(open.corpus().info().model(), CodeSearch.Kind.REGEX, pattern)
            .ranked(CodeSearch.Rank.PRECISION, floors)
            .limited(MOST, MOST, 0);
    return searcher.search(open, search, List.of(), _ -> "");
  }

  private static List<String> row(
      String concept, long matches, double rate, Optional<FoundCodes.Found> code) {
    List<String> row =
        new ArrayList<>(
            List.of(
                concept,
                String.format(Locale.ROOT, "%,d", matches),
                String.format(Locale.ROOT, "%.2f %%", 100 * rate)));
    if (code.isEmpty()) {
      row.addAll(List.of("none", "", "", "", ""));
      return row;
    }
    CodeScore scored = code.get().scored();
    CodeScore.Interval interval = scored.precisionInterval();
    row.add(code.get().code().toString());
    row.add(String.format(Locale.ROOT, "%.3f", code.get().chosen().precision()));
    row.add(String.format(Locale.ROOT, "%.3f", scored.precision()));
    row.add(String.format(Locale.ROOT, "%.3f to %.3f", interval.low(), interval.high()));
    row.add(String.format(Locale.ROOT, "%.3f", scored.recall()));
    return row;
  }

  private void kinds(Report report, CodeKinds kinds) {
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot =
        new BarPlot(
            "share of live codes", Arrays.stream(CodeKinds.Kind.values()).map(this::word).toList());
    Map<String, long[]> places =
        kinds.byPlace(isQuick() ? QUICK_SITES : Integer.MAX_VALUE, this::site);
    long[] all = new long[CodeKinds.Kind.values().length + 1];
    places.forEach(
        (place, counts) -> {
          rows.add(row(place, counts));
          plot.bars(place, shares(counts));
          for (int i = 0; i < all.length; i++) {
            all[i] += counts[i];
          }
        });
    rows.addFirst(row("all", all));
    report.heading("Kinds of codes");
    List<String> head = new ArrayList<>(List.of("place", "codes", "dead", "live"));
    Arrays.stream(CodeKinds.Kind.values()).map(this::word).forEach(head::add);
    report.table(head, rows);
    report.text(
        "Shares are of live codes: those that fired at all in this text. No labels by people or"
            + " models are counted: the shipped project has none.");
    report.plot("kinds of live codes by layer", plot.svg());
  }

  private void site(SiteShape site) {
    note(site.site().toString());
  }

  private String word(CodeKinds.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static double[] shares(long[] counts) {
    double live = 0;
    for (int i = 1; i < counts.length; i++) {
      live += counts[i];
    }
    double[] shares = new double[counts.length - 1];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = counts[i + 1] / Math.max(1, live);
    }
    return shares;
  }

  private static List<String> row(String place, long[] counts) {
    long all = Arrays.stream(counts).sum();
    List<String> row = new ArrayList<>(List.of(place, String.valueOf(all)));
    row.add(String.format(Locale.ROOT, "%d (%.1f %%)", counts[0], 100.0 * counts[0] / all));
    row.add(String.valueOf(all - counts[0]));
    double[] shares = shares(counts);
    for (int i = 0; i < shares.length; i++) {
      row.add(String.format(Locale.ROOT, "%d (%.1f %%)", counts[i + 1], 100 * shares[i]));
    }
    return row;
  }
}
