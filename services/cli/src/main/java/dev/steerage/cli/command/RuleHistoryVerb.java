package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.RuleChange;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule history`.
@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    description = "Show every revision of the rule log, with its author.")
final class RuleHistoryVerb extends Verb {
  @Parameters(arity = "0..1", paramLabel = "ID", description = "Only this rule or concept.")
  private String id;

  @Override
  protected ExitCode run(Terminal terminal) {
    List<Revision> history;
    try (EventLog log = connection().open()) {
      history = new RuleLog(log, connection().tenant()).history();
    }
    Table table = Table.of(">revision", "time", "author", "id", "change");
    for (Revision revision : history) {
      if (id == null || id.equals(revision.key())) {
        add(terminal, table, revision);
      }
    }
    if (!connection().isJson()) {
      table.print(terminal);
    }
    return ExitCode.OK;
  }

  private void add(Terminal terminal, Table table, Revision revision) {
    String time =
        Instant.ofEpochMilli(revision.timestampMs()).truncatedTo(ChronoUnit.SECONDS).toString();
    String author = revision.change().map(RuleChange::author).orElse("?");
    String change =
        revision.change().map(RuleText::of).orElse("no valid record; refused by every worker");
    if (connection().isJson()) {
      JsonLines.object(
          terminal,
          out ->
              out.whole("revision", revision.number())
                  .whole("timestampMs", revision.timestampMs())
                  .text("author", author)
                  .text("id", revision.key())
                  .text("change", change));
    } else {
      table.row(revision.number(), time, author, revision.key(), change);
    }
  }
}
