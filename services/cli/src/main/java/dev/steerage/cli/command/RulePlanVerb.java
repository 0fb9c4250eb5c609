package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JsonArgument;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.Revision;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RulePlan;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.rule.RunningRequests;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.topic.Topics;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule plan`.
@Command(
    name = "plan",
    mixinStandardHelpOptions = true,
    description = "Say what a rule would change, without writing it.",
    footer = {
      "",
      "Refusals, what it replaces, conflicts with rules in force were they to act together, and"
          + " the",
      "running requests that it matches. Exit code 1: it would be refused."
    })
final class RulePlanVerb extends Verb {
  private static final int SHOWN = 10;

  @Parameters(
      paramLabel = "RULE",
      description = "The rule: JSON, a file that holds it, or - for standard input.")
  private String argument;

  @Override
  protected ExitCode run(Terminal terminal) {
    Rule rule = read(argument);
    RulePlan plan;
    boolean isServed;
    try (EventLog log = connection().open()) {
      List<Revision> history = new RuleLog(log, connection().tenant()).history();
      JudgedLog judged = judged(log, history, rule.model());
      isServed = judged.isServed();
      plan = RulePlan.of(rule, judged, RunningRequests.read(log, connection().tenant()));
    }
    if (connection().isJson()) {
      json(terminal, plan);
    } else {
      show(terminal, plan, isServed);
    }
    return plan.problems().isEmpty() ? ExitCode.OK : ExitCode.REFUSED;
  }

  static Rule read(String argument) {
    RuleChange change =
        JsonArgument.read(argument, System.getProperty("user.name"), Topics.RULES.value());
    if (change instanceof RuleChange.RulePut(Rule rule)) {
      return rule;
    }
    throw new CliException(ExitCode.USAGE, "expected a rule with 'rule', 'model' and 'do'");
  }

  static JudgedLog judged(EventLog log, List<Revision> history, String model) {
    JudgedLog judged = JudgedLog.read(log, history, Long.MAX_VALUE).get(model);
    return judged != null ? judged : JudgedLog.unserved(model, history);
  }

  private static void show(Terminal terminal, RulePlan plan, boolean isServed) {
    Rule rule = plan.rule();
    line(terminal, "rule", rule.id() + ", model " + rule.model() + ", priority " + rule.priority());
    line(terminal, "does", RuleText.actions(rule.actions()) + " (" + RuleText.scope(rule) + ")");
    line(terminal, "replaces", plan.replaced().map(RulePlanVerb::described).orElse("nothing"));
    if (!isServed) {
      line(terminal, "model", "served by nobody: codes, conflicts and tokens were not checked");
    }
    for (RuleProblem problem : plan.problems()) {
      line(terminal, "refused", terminal.styled(Style.BAD, sentence(problem)));
    }
    for (RulePlan.Conflict conflict : plan.conflicts()) {
      line(
          terminal,
          "conflict",
          "with "
              + described(conflict.other())
              + ": "
              + conflict.slot().code()
              + " of "
              + conflict.slot().loser()
              + " gives way to "
              + conflict.slot().winner());
    }
    String names = String.join(" ", plan.matching().stream().limit(SHOWN).toList());
    line(
        terminal,
        "requests",
        plan.matching().size() + " of " + plan.running() + " running now match " + names);
  }

  private static String described(Rule rule) {
    return "rule "
        + rule.id()
        + " by "
        + rule.author()
        + ", priority "
        + rule.priority()
        + ": "
        + RuleText.actions(rule.actions());
  }

  static String sentence(RuleProblem problem) {
    return Words.of(Refusal.of(problem.kind())) + " (" + problem.detail() + ")";
  }

  private static void line(Terminal terminal, String name, String value) {
    terminal.line(String.format("%-9s %s", name, Printable.line(value).stripTrailing()));
  }

  private static void json(Terminal terminal, RulePlan plan) {
    JsonLines.object(
        terminal,
        out ->
            out.text("rule", plan.rule().id())
                .flag("taken", plan.problems().isEmpty())
                .allObjects(
                    "problems",
                    plan.problems(),
                    (each, problem) ->
                        each.word("reason", Refusal.of(problem.kind()))
                            .text("detail", problem.detail()))
                .text("replacesAuthor", plan.replaced().map(Rule::author))
                .allObjects(
                    "conflicts",
                    plan.conflicts(),
                    (each, conflict) ->
                        each.text("rule", conflict.other().id())
                            .text("author", conflict.other().author())
                            .text("code", conflict.slot().code().toString())
                            .text("loser", conflict.slot().loser())
                            .text("winner", conflict.slot().winner()))
                .whole("running", plan.running())
                .texts("matching", plan.matching()));
  }
}
