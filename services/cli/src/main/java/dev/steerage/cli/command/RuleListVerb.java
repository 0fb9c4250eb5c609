package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RevisionArgument;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `rule list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the rules in force, now or at any revision or time.")
final class RuleListVerb extends Verb {
  @Option(
      names = "--at",
      paramLabel = "REVISION",
      description = "A revision, or a time such as 2026-11-21T10:00:00Z. Default: the newest.")
  private String at;

  @Override
  protected ExitCode run(Terminal terminal) {
    Table table = Table.of("rule", ">revision", "model", ">priority", "does", "where", "author");
    try (EventLog log = connection().open()) {
      List<Revision> history = new RuleLog(log, connection().tenant()).history();
      long until = at == null ? Long.MAX_VALUE : RevisionArgument.resolve(at, history);
      for (JudgedLog judged : JudgedLog.read(log, history, until).values()) {
        judged.book().rules(judged.model()).forEach(rule -> add(terminal, table, judged, rule));
      }
    }
    if (!connection().isJson()) {
      show(terminal, table);
    }
    return ExitCode.OK;
  }

  private void add(Terminal terminal, Table table, JudgedLog judged, Rule rule) {
    if (connection().isJson()) {
      byte[] record = Topics.RULES.value().encode(new RuleChange.RulePut(rule));
      terminal.line(new String(record, StandardCharsets.UTF_8));
      return;
    }
    table.row(
        rule.id(),
        judged.origins().get(rule.id()).number(),
        rule.model(),
        rule.priority(),
        RuleText.actions(rule.actions()),
        RuleText.scope(rule),
        rule.author());
  }

  private static void show(Terminal terminal, Table table) {
    if (table.isEmpty()) {
      terminal.note("no rules");
    } else {
      table.print(terminal);
    }
  }
}
