package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;

/// `rule list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the rules at the log's newest revision.")
final class RuleListVerb extends Verb {
  @Override
  protected ExitCode run(Terminal terminal) {
    List<Revision> history;
    try (EventLog log = connection().open()) {
      history = new RuleLog(log, connection().tenant()).history();
    }
    Map<String, Revision> inForce = new TreeMap<>();
    for (Revision revision : history) {
      revision.change().ifPresent(change -> apply(inForce, revision, change));
    }
    Table table = Table.of("rule", ">revision", "model", ">priority", "does", "where", "author");
    for (Revision revision : inForce.values()) {
      RuleChange change = revision.change().orElseThrow();
      if (connection().isJson()) {
        terminal.line(new String(Topics.RULES.value().encode(change), StandardCharsets.UTF_8));
      } else if (change instanceof RuleChange.RulePut(Rule rule)) {
        table.row(
            rule.id(),
            revision.number(),
            rule.model(),
            rule.priority(),
            RuleText.actions(rule.actions()),
            RuleText.scope(rule),
            rule.author());
      }
    }
    if (!connection().isJson()) {
      show(terminal, table);
    }
    return ExitCode.OK;
  }

  private static void show(Terminal terminal, Table table) {
    if (table.isEmpty()) {
      terminal.note("no rules");
    } else {
      table.print(terminal);
    }
  }

  private static void apply(Map<String, Revision> inForce, Revision revision, RuleChange change) {
    switch (change) {
      case RuleChange.RulePut put -> inForce.put(put.rule().id(), revision);
      case RuleChange.RuleRemoved removed -> inForce.remove(removed.rule());
      case RuleChange.ConceptPut _, RuleChange.ConceptRemoved _ -> {
        // Concepts have a list of their own.
      }
    }
  }
}
