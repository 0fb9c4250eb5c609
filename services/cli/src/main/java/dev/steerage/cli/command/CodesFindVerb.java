package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.CodeSearch.Floors;
import dev.steerage.schemas.index.CodeSearch.Kind;
import dev.steerage.schemas.index.CodeSearch.Rank;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.FoundCodes.Found;
import dev.steerage.schemas.index.FoundCodes.Neuron;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.json.JsonOut;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `codes find`.
@Command(
    name = "find",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Find the codes that fire where a pattern matches in a corpus.",
    footer =
        "A code is chosen on one half of the documents and scored on the other. 'steerage index"
            + " build' makes a corpus.")
final class CodesFindVerb extends Verb {
  @Parameters(
      paramLabel = "PATTERN",
      description = "RE2 pattern; group 1, if there is one, marks the token: '\\b(dragon)s?'.")
  private String query;

  @Option(names = "--model", required = true, paramLabel = "NAME", description = "The model.")
  private String model;

  @Option(
      names = "--corpus",
      paramLabel = "NAME",
      defaultValue = "",
      description = "The corpus. Default: the model's first by name.")
  private String corpus;

  @Option(
      names = "--as",
      paramLabel = "KIND",
      defaultValue = "REGEX",
      description = "How to read PATTERN: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Kind kind;

  @Option(names = "--site", paramLabel = "SITE", description = "Only this site; may be repeated.")
  private List<String> sites = List.of();

  @Option(
      names = "--by",
      paramLabel = "MEASURE",
      defaultValue = "PRECISION",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private Rank rank;

  @Option(
      names = "--min-precision",
      paramLabel = "SHARE",
      defaultValue = "0.5",
      description = "Default: ${DEFAULT-VALUE}.")
  private double precision;

  @Option(
      names = "--min-recall",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "Default: ${DEFAULT-VALUE}.")
  private double recall;

  @Option(
      names = "--min-support",
      paramLabel = "N",
      defaultValue = "2",
      description = "Fewest matches on which it fires. Default: ${DEFAULT-VALUE}.")
  private int support;

  @Option(
      names = "--all-text",
      description = "Choose and score on all documents: the scores are too good to be true.")
  private boolean allText;

  @Option(
      names = "--per-site",
      paramLabel = "N",
      defaultValue = "5",
      description = "Most codes of one site. Default: ${DEFAULT-VALUE}.")
  private int perSite;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "20",
      description = "Most codes. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(
      names = "--examples",
      paramLabel = "N",
      defaultValue = "3",
      description = "Matches to show. Default: ${DEFAULT-VALUE}.")
  private int examples;

  @Option(
      names = "--list",
      paramLabel = "FORM",
      description = "Only ids: ${COMPLETION-CANDIDATES}.")
  private CodeList list;

  @Mixin private IndexOptions index = new IndexOptions();

  @Override
  protected ExitCode run(Terminal terminal) {
    CodeSearch search = search();
    try (IndexClient client = index.open(connection())) {
      FoundCodes found = client.search(connection().tenant(), search);
      if (connection().isJson()) {
        JsonLines.object(terminal, out -> json(out, found));
      } else if (list != null) {
        lines(found).forEach(terminal::line);
      } else {
        show(terminal, found);
      }
      return ExitCode.OK;
    } catch (LookupException e) {
      throw CodesShowVerb.failure(e);
    }
  }

  private List<String> lines(FoundCodes found) {
    return list == CodeList.DEMO
        ? CodeList.demo(query, found.codes())
        : list.lines(model, found.codes().stream().map(Found::code).toList());
  }

  private CodeSearch search() {
    try {
      return CodeSearch.of(model, kind, query)
          .in(corpus)
          .at(sites.stream().map(Site::parse).toList())
          .ranked(rank, new Floors(precision, recall, support))
          .heldOut(!allText)
          .limited(perSite, most, examples);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private void show(Terminal terminal, FoundCodes found) {
    terminal.line(
        "%,d matches in %,d documents of corpus %s, %d ms%s"
            .formatted(
                found.heldOut()
                    ? found.chosenMatches() + found.scoredMatches()
                    : found.scoredMatches(),
                found.documents(),
                found.corpus(),
                found.elapsed().toMillis(),
                found.heldOut() ? "; scores on the half where the codes were not chosen" : ""));
    for (FoundCodes.Example each : found.examples()) {
      terminal.line(
          "  "
              + Printable.line(each.before())
              + terminal.styled(Style.STEERED, "[" + Printable.line(each.token()) + "]")
              + Printable.line(each.after()));
    }
    Table table =
        Table.of(
            "code",
            ">precision",
            "95 %",
            ">recall",
            ">F1",
            ">hits",
            ">firings",
            "label",
            "neuron",
            ">precision",
            "95 %",
            ">recall");
    for (Found each : found.codes()) {
      CodeScore score = each.scored();
      table.row(
          each.code(),
          "%.3f".formatted(score.precision()),
          interval(score),
          "%.3f".formatted(score.recall()),
          "%.3f".formatted(score.f1()),
          score.hits(),
          score.firings(),
          each.label(),
          each.neuron().map(Neuron::name).orElse(""),
          each.neuron().map(neuron -> "%.3f".formatted(neuron.precision())).orElse(""),
          each.neuron().map(neuron -> interval(neuron.scored())).orElse(""),
          each.neuron().map(neuron -> "%.3f".formatted(neuron.scored().recall())).orElse(""));
    }
    if (table.isEmpty()) {
      terminal.line("no code reaches the floors");
    } else {
      table.print(terminal);
      terminal.line(neurons(found.sample()));
    }
  }

  private static String interval(CodeScore score) {
    CodeScore.Interval interval = score.precisionInterval();
    return "%.3f..%.3f".formatted(interval.low(), interval.high());
  }

  private static String neurons(FoundCodes.Sample sample) {
    return sample.documents() == 0
        ? "no neurons were recorded; 'steerage index build' records them"
        : "neuron: the best one at the code's recall, on a sample of %,d documents, %,d tokens, %,d matches where it was scored"
            .formatted(sample.documents(), sample.positions(), sample.scoredMatches());
  }

  private static void json(JsonOut out, FoundCodes found) {
    out.text("model", found.model())
        .text("corpus", found.corpus())
        .whole("documents", found.documents())
        .whole("positions", found.positions())
        .flag("heldOut", found.heldOut())
        .whole("chosenMatches", found.chosenMatches())
        .whole("scoredMatches", found.scoredMatches())
        .number("elapsedMs", found.elapsed().toNanos() / 1e6)
        .allObjects(
            "codes",
            found.codes(),
            (each, code) -> {
              each.text("code", code.code().toString()).text("label", code.label());
              each.object("chosen", inner -> score(inner, code.chosen()));
              each.object("scored", inner -> score(inner, code.scored()));
              code.neuron()
                  .ifPresent(
                      neuron ->
                          each.object(
                              "neuron",
                              inner -> {
                                inner.text("name", neuron.name());
                                score(inner, neuron.scored());
                              }));
            })
        .object(
            "neuronSample",
            each ->
                each.whole("documents", found.sample().documents())
                    .whole("positions", found.sample().positions())
                    .whole("chosenMatches", found.sample().chosenMatches())
                    .whole("scoredMatches", found.sample().scoredMatches()))
        .allObjects(
            "examples",
            found.examples(),
            (each, example) ->
                each.whole("document", example.document())
                    .whole("position", example.position())
                    .text("before", example.before())
                    .text("token", example.token())
                    .text("after", example.after()));
  }

  private static void score(JsonOut out, CodeScore score) {
    out.whole("hits", score.hits())
        .whole("firings", score.firings())
        .whole("matches", score.matches())
        .number("precision", score.precision())
        .number("precisionLow", score.precisionInterval().low())
        .number("precisionHigh", score.precisionInterval().high())
        .number("recall", score.recall())
        .number("f1", score.f1());
  }
}
