package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.MonitorText;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.Rule;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `monitor show`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show a monitor and the rules that it holds in force now.")
final class MonitorShowVerb extends Verb {
  @Parameters(paramLabel = "ID", description = "Id of the monitor.")
  private String id;

  @Override
  protected ExitCode run(Terminal terminal) {
    boolean found = false;
    try (EventLog log = connection().open()) {
      var history = new RuleLog(log, connection().tenant()).history();
      for (JudgedLog judged : JudgedLog.read(log, history, Long.MAX_VALUE).values()) {
        Monitor monitor = judged.book().monitors(judged.model()).get(id);
        if (monitor != null) {
          show(terminal, monitor, judged.book().rules(judged.model()));
          found = true;
        }
      }
    }
    if (!found) {
      throw new CliException(ExitCode.USAGE, "no monitor: id=" + id);
    }
    return ExitCode.OK;
  }

  private void show(Terminal terminal, Monitor monitor, List<Rule> rules) {
    List<Rule> held =
        rules.stream().filter(rule -> rule.author().equals(Monitor.ruleId(monitor.id()))).toList();
    terminal.line(MonitorListVerb.json(monitor));
    if (connection().isJson()) {
      return;
    }
    line(terminal, "watches", MonitorText.measure(monitor));
    line(terminal, "raised", MonitorText.bound(monitor));
    line(terminal, "window", MonitorText.window(monitor));
    line(terminal, "support", monitor.support() + " positions");
    line(terminal, "cool-down", monitor.coolDownMs() + " ms");
    for (Rule rule : held) {
      line(
          terminal,
          "in force",
          rule.id() + ": " + RuleText.actions(rule.actions()) + " (" + RuleText.scope(rule) + ")");
    }
    if (held.isEmpty()) {
      line(terminal, "in force", "nothing");
    }
  }

  static void line(Terminal terminal, String name, String value) {
    terminal.line(String.format("%-9s %s", name, Printable.line(value).stripTrailing()));
  }
}
