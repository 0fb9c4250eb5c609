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
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleDiff;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule diff`.
@Command(
    name = "diff",
    mixinStandardHelpOptions = true,
    description = "Compare what is in force at two revisions or times.")
final class RuleDiffVerb extends Verb {
  @Parameters(index = "0", paramLabel = "FROM", description = "A revision or a time.")
  private String from;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "TO",
      description = "A revision or a time. Default: the newest.")
  private String to;

  @Override
  protected ExitCode run(Terminal terminal) {
    Table table = Table.of("", "model", "id", "before", "after");
    try (EventLog log = connection().open()) {
      List<Revision> history = new RuleLog(log, connection().tenant()).history();
      long first = RevisionArgument.resolve(from, history);
      long last = to == null ? Long.MAX_VALUE : RevisionArgument.resolve(to, history);
      Map<String, JudgedLog> before = JudgedLog.read(log, history, first);
      JudgedLog.read(log, history, last)
          .forEach(
              (model, after) -> {
                RuleBook was = before.get(model).book();
                add(table, RuleDiff.of(model, was, after.book()));
              });
    }
    if (table.isEmpty()) {
      terminal.note("no difference");
    } else {
      table.print(terminal);
    }
    return ExitCode.OK;
  }

  private static void add(Table table, RuleDiff diff) {
    diff.rules()
        .forEach(
            (id, change) ->
                table.row(
                    sign(change),
                    diff.model(),
                    id,
                    change.before().map(RuleDiffVerb::text).orElse(""),
                    change.after().map(RuleDiffVerb::text).orElse("")));
    diff.concepts()
        .forEach(
            (name, change) ->
                table.row(
                    sign(change),
                    diff.model(),
                    "concept " + name,
                    change.before().map(RuleDiffVerb::text).orElse(""),
                    change.after().map(RuleDiffVerb::text).orElse("")));
  }

  private static String sign(RuleDiff.Change<?> change) {
    return change.before().isEmpty() ? "+" : change.after().isEmpty() ? "-" : "~";
  }

  private static String text(Rule rule) {
    return RuleText.actions(rule.actions())
        + " ("
        + RuleText.scope(rule)
        + ", priority "
        + rule.priority()
        + ")";
  }

  private static String text(List<Code> codes) {
    return codes.size() + " codes";
  }
}
