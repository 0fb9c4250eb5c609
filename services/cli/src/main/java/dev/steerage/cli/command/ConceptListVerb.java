package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/// `concept list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the concepts at the log's newest revision.")
final class ConceptListVerb extends Verb {
  @Override
  protected ExitCode run(Terminal terminal) {
    List<Revision> history;
    try (EventLog log = connection().open()) {
      history = new RuleLog(log, connection().tenant()).history();
    }
    Map<String, Revision> concepts = new TreeMap<>();
    for (Revision revision : history) {
      revision.change().ifPresent(change -> apply(concepts, revision, change));
    }
    Table table = Table.of("concept", ">revision", "model", ">codes", "author", "names");
    for (Revision revision : concepts.values()) {
      RuleChange change = revision.change().orElseThrow();
      if (connection().isJson()) {
        terminal.line(new String(Topics.RULES.value().encode(change), StandardCharsets.UTF_8));
      } else if (change instanceof RuleChange.ConceptPut put) {
        table.row(
            put.concept(),
            revision.number(),
            put.model(),
            put.codes().size(),
            put.author(),
            put.codes().stream().map(Code::toString).collect(Collectors.joining(" ")));
      }
    }
    if (!connection().isJson()) {
      if (table.isEmpty()) {
        terminal.note("no concepts");
      } else {
        table.print(terminal);
      }
    }
    return ExitCode.OK;
  }

  private static void apply(Map<String, Revision> concepts, Revision revision, RuleChange change) {
    switch (change) {
      case RuleChange.ConceptPut put -> concepts.put(put.concept(), revision);
      case RuleChange.ConceptRemoved removed -> concepts.remove(removed.concept());
      case RuleChange.RulePut _,
          RuleChange.RuleRemoved _,
          RuleChange.MonitorPut _,
          RuleChange.MonitorRemoved _ -> {
        // Rules and monitors have lists of their own.
      }
    }
  }
}
