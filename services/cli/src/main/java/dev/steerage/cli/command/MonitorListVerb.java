package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.MonitorText;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RevisionArgument;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `monitor list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the monitors, now or at any revision or time.")
final class MonitorListVerb extends Verb {
  @Option(
      names = "--at",
      paramLabel = "REVISION",
      description = "A revision, or a time such as 2026-11-21T10:00:00Z. Default: the newest.")
  private String at;

  @Override
  protected ExitCode run(Terminal terminal) {
    Table table = Table.of("monitor", "model", "watches", "raised", "window", "then", "author");
    try (EventLog log = connection().open()) {
      List<Revision> history = new RuleLog(log, connection().tenant()).history();
      long until = at == null ? Long.MAX_VALUE : RevisionArgument.resolve(at, history);
      for (JudgedLog judged : JudgedLog.read(log, history, until).values()) {
        judged
            .book()
            .monitors(judged.model())
            .values()
            .forEach(monitor -> add(terminal, table, monitor));
      }
    }
    if (!connection().isJson()) {
      if (table.isEmpty()) {
        terminal.note("no monitors");
      } else {
        table.print(terminal);
      }
    }
    return ExitCode.OK;
  }

  private void add(Terminal terminal, Table table, Monitor monitor) {
    if (connection().isJson()) {
      terminal.line(json(monitor));
      return;
    }
    table.row(
        monitor.id(),
        monitor.model(),
        MonitorText.measure(monitor),
        MonitorText.bound(monitor),
        MonitorText.window(monitor),
        monitor.then().map(rule -> RuleText.actions(rule.actions())).orElse("an alert"),
        monitor.author());
  }

  static String json(Monitor monitor) {
    byte[] record = Topics.RULES.value().encode(new RuleChange.MonitorPut(monitor));
    return new String(record, StandardCharsets.UTF_8);
  }
}
