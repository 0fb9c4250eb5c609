package dev.steerage.local.corpus;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.search.OpenCorpus;
import dev.steerage.index.topics.Topic;
import dev.steerage.index.topics.TopicFinder;
import dev.steerage.index.topics.TopicSettings;
import dev.steerage.schemas.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `concept discover`.
@Command(
    name = "discover",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Find topics in a corpus without being told what to look for: codes that fire all through",
      "some documents and hardly elsewhere, put together by their documents."
    },
    footer = {"", "Example: steerage concept discover tales --publish"})
public final class ConceptsDiscoverVerb extends CorpusVerb {
  @Option(
      names = "--share",
      paramLabel = "SHARE",
      defaultValue = "0.2",
      description =
          "Of a document's tokens, on which a code has to fire. Default: ${DEFAULT-VALUE}.")
  private double share;

  @Option(
      names = "--lift",
      paramLabel = "X",
      defaultValue = "3",
      description = "That has to be X times its rate in the corpus. Default: ${DEFAULT-VALUE}.")
  private double lift;

  @Option(
      names = "--least-documents",
      paramLabel = "N",
      defaultValue = "5",
      description = "Documents that a topic has at least. Default: ${DEFAULT-VALUE}.")
  private int leastDocuments;

  @Option(
      names = "--most-documents",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "Share of documents that a topic has at most. Default: ${DEFAULT-VALUE}.")
  private double mostDocuments;

  @Option(
      names = "--least-tokens",
      paramLabel = "N",
      defaultValue = "40",
      description = "Shorter documents are left out. Default: ${DEFAULT-VALUE}.")
  private int leastTokens;

  @Option(
      names = "--least-phi",
      paramLabel = "PHI",
      defaultValue = "0.3",
      description =
          "Agreement of two codes' documents from which on they are one topic."
              + " Default: ${DEFAULT-VALUE}.")
  private double leastPhi;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "30",
      description = "Most topics. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Option(
      names = "--publish",
      description = "Write each of them to the rule log as a concept, named by its words.")
  private boolean isPublished;

  @Option(
      names = "--author",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who publishes. Default: ${DEFAULT-VALUE}.")
  private String author;

  @Override
  ExitCode run(Terminal terminal, Corpus corpus) {
    StepProgress progress = progress(terminal, "documents", corpus.documents());
    List<Topic> topics = TopicFinder.of(OpenCorpus.of(corpus), settings(), most, progress::at);
    progress.finish();
    List<RuleChange.ConceptPut> concepts = TopicConcepts.of(topics, corpus.info().model(), author);
    for (int i = 0; i < topics.size() && connection().isJson(); i++) {
      json(terminal, topics.get(i), concepts.get(i));
    }
    if (!connection().isJson()) {
      show(terminal, topics);
    }
    if (isPublished && !concepts.isEmpty()) {
      try (EventLog log = connection().open()) {
        List<Long> revisions = new RuleLog(log, connection().tenant()).putAll(concepts);
        terminal.note(
            "published "
                + concepts.stream()
                    .map(RuleChange.ConceptPut::concept)
                    .collect(Collectors.joining(", "))
                + ": revisions "
                + revisions.getFirst()
                + " to "
                + revisions.getLast());
      }
    }
    return ExitCode.OK;
  }

  private TopicSettings settings() {
    try {
      return new TopicSettings(share, lift, leastTokens, leastDocuments, mostDocuments, leastPhi);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  private static void show(Terminal terminal, List<Topic> topics) {
    if (topics.isEmpty()) {
      terminal.line("no topic; lower --share or --lift, or take a larger corpus");
      return;
    }
    Table table = Table.of(">documents", ">codes", ">phi", "words", ">in", ">elsewhere", "codes");
    for (Topic topic : topics) {
      table.row(
          topic.documents(),
          topic.codes().size(),
          "%.2f".formatted(topic.phi()),
          String.join(" ", topic.words()),
          percent(topic.wordShare()),
          percent(topic.wordRate()),
          topic.codes().stream().limit(4).map(Code::toString).collect(Collectors.joining(" ")));
    }
    table.print(terminal);
    terminal.line(
        "words are chosen on half of the documents; in: share of the topic's other documents with"
            + " one of the first three; elsewhere: share of all documents");
  }

  private static String percent(double share) {
    return "%.0f %%".formatted(100 * share);
  }

  private static void json(Terminal terminal, Topic topic, RuleChange.ConceptPut concept) {
    byte[] line =
        Json.write(
            out ->
                out.text("concept", concept.concept())
                    .whole("documents", topic.documents())
                    .number("phi", topic.phi())
                    .allTexts("words", topic.words())
                    .number("wordShare", topic.wordShare())
                    .number("wordRate", topic.wordRate())
                    .allTexts("codes", topic.codes())
                    .allTexts("examples", topic.examples()));
    terminal.line(new String(line, StandardCharsets.UTF_8));
  }
}
