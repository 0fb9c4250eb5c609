package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.MonitorText;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.schemas.message.Refusal;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `monitor plan`.
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Say what a monitor would do, without writing it.",
    footer = {"", "Refusals, cycles with other monitors among them, and what it replaces."})
final class MonitorPlanVerb extends Verb {
  @Parameters(
      paramLabel = "MONITOR",
      description = "The monitor: JSON, a file that holds it, or - for standard input.")
  private String argument;

  @Override
  protected ExitCode run(Terminal terminal) {
    Monitor monitor = MonitorCreateVerb.read(argument, System.getProperty("user.name"));
    JudgedLog judged;
    try (EventLog log = connection().open()) {
      var history = new RuleLog(log, connection().tenant()).history();
      judged = RulePlanVerb.judged(log, history, monitor.model());
    }
    List<RuleProblem> problems = judged.problems(new RuleChange.MonitorPut(monitor));
    Optional<Monitor> replaced =
        Optional.ofNullable(judged.book().monitors(monitor.model()).get(monitor.id()));
    if (connection().isJson()) {
      json(terminal, monitor, problems, replaced);
    } else {
      show(terminal, monitor, problems, replaced, judged.isServed());
    }
    return problems.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
  }

  private static void show(
      Terminal terminal,
      Monitor monitor,
      List<RuleProblem> problems,
      Optional<Monitor> replaced,
      boolean isServed) {
    MonitorShowVerb.line(terminal, "monitor", monitor.id() + ", model " + monitor.model());
    MonitorShowVerb.line(terminal, "watches", MonitorText.measure(monitor));
    MonitorShowVerb.line(terminal, "raised", MonitorText.bound(monitor));
    MonitorShowVerb.line(terminal, "window", MonitorText.window(monitor));
    MonitorShowVerb.line(
        terminal,
        "then",
        monitor.then().map(rule -> RuleText.actions(rule.actions())).orElse("an alert only"));
    MonitorShowVerb.line(
        terminal,
        "replaces",
        replaced.map(old -> MonitorText.measure(old) + " by " + old.author()).orElse("nothing"));
    if (!isServed) {
      MonitorShowVerb.line(
          terminal, "model", "served by nobody: codes, bounds and cycles were not checked");
    }
    for (RuleProblem problem : problems) {
      MonitorShowVerb.line(
          terminal, "refused", terminal.styled(Style.BAD, RulePlanVerb.sentence(problem)));
    }
  }

  private static void json(
      Terminal terminal, Monitor monitor, List<RuleProblem> problems, Optional<Monitor> replaced) {
    JsonLines.object(
        terminal,
        out ->
            out.text("monitor", monitor.id())
                .flag("taken", problems.isEmpty())
                .allObjects(
                    "problems",
                    problems,
                    (each, problem) ->
                        each.word("reason", Refusal.of(problem.kind()))
                            .text("detail", problem.detail()))
                .text("replacesAuthor", replaced.map(Monitor::author)));
  }
}
