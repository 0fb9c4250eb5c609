package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule validate`.
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = "Check a rule as a worker does; without a running system, its form only.")
final class RuleValidateVerb extends Verb {
  @Parameters(
      paramLabel = "RULE",
      description = "The rule: JSON, a file that holds it, or - for standard input.")
  private String argument;

  @Override
  protected ExitCode run(Terminal terminal) {
    Rule rule = RulePlanVerb.read(argument);
    JudgedLog judged;
    if (connection().isReachable()) {
      try (EventLog log = connection().open()) {
        judged =
            RulePlanVerb.judged(
                log, new RuleLog(log, connection().tenant()).history(), rule.model());
      }
    } else {
      judged = JudgedLog.unserved(rule.model(), List.of());
    }
    List<RuleProblem> problems = judged.problems(new RuleChange.RulePut(rule));
    for (RuleProblem problem : problems) {
      String sentence = Printable.line(RulePlanVerb.sentence(problem));
      terminal.line(terminal.styled(Style.BAD, "refused: " + sentence));
    }
    if (problems.isEmpty()) {
      terminal.line(
          judged.isServed()
              ? "valid for model " + rule.model()
              : "valid in form; model "
                  + rule.model()
                  + " is not served, so codes were not checked");
    }
    return problems.isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
  }
}
