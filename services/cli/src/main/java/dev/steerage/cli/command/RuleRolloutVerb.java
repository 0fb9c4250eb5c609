package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.JudgedLog;
import dev.steerage.cli.rule.Rollout;
import dev.steerage.cli.rule.RolloutStep;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.RuleAck;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `rule rollout`.
@Command(
    name = "rollout",
    mixinStandardHelpOptions = true,
    description = "Put a rule in force step by step, and take it back when a guard is raised.",
    footer = {
      "",
      "Example: steerage rule rollout calm.json --shadow-s 60 --steps 5:60,25:60,100",
      "           --guard too-many-stops --guard drifting",
      "Guards are monitors. A raised one puts back what was in force before; so does Ctrl-C.",
      "Every step is a record of the rule log. Exit code 1: it was rolled back."
    })
final class RuleRolloutVerb extends Verb {
  private static final long LOOK_NS = 100_000_000;

  @Parameters(
      paramLabel = "RULE",
      description = "The rule: JSON, a file that holds it, or - for standard input.")
  private String argument;

  @Option(
      names = "--steps",
      paramLabel = "PERCENT:S,…",
      defaultValue = "5:60,25:60,100",
      description = "Shares, and how long each is watched. Default: ${DEFAULT-VALUE}.")
  private String steps;

  @Option(
      names = "--shadow-s",
      paramLabel = "S",
      defaultValue = "0",
      description = "First, evaluate without applying for so long. Default: ${DEFAULT-VALUE}.")
  private int shadowS;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Begin at this time, such as 2026-11-21T10:00:00Z. Default: now.")
  private String at;

  @Option(
      names = "--guard",
      paramLabel = "MONITOR",
      description = "Roll back when this monitor is raised; may be repeated.")
  private List<String> guards = List.of();

  @Option(
      names = "--wait-s",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for an acknowledgement. Default: ${DEFAULT-VALUE}.")
  private int waitS;

  private final AtomicBoolean isUnderWay = new AtomicBoolean();

  @Override
  protected ExitCode run(Terminal terminal) {
    Rule rule = RulePlanVerb.read(argument);
    List<RolloutStep> shares = RolloutStep.parse(steps);
    try (EventLog log = connection().open()) {
      var history = new RuleLog(log, connection().tenant()).history();
      JudgedLog judged = RulePlanVerb.judged(log, history, rule.model());
      check(judged, rule);
      awaitStart(terminal);
      Rollout rollout =
          new Rollout(
              log,
              connection().tenant(),
              rule,
              judged.book().rule(rule.model(), rule.id()),
              Set.copyOf(guards),
              Duration.ofSeconds(waitS));
      Thread hook = new Thread(() -> interrupted(rollout), "rollout-interrupted");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        return run(terminal, rollout, shares);
      } finally {
        isUnderWay.set(false);
        rollout.close();
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }

  private void check(JudgedLog judged, Rule rule) {
    for (RuleProblem problem : judged.problems(new RuleChange.RulePut(rule))) {
      throw new CliException(ExitCode.REFUSED, RulePlanVerb.sentence(problem));
    }
    for (String guard : guards) {
      if (!judged.book().monitors(rule.model()).containsKey(guard)) {
        throw new CliException(ExitCode.USAGE, "no monitor of this model: guard=" + guard);
      }
    }
  }

  private void awaitStart(Terminal terminal) {
    if (at == null) {
      return;
    }
    Instant start;
    try {
      start = Instant.parse(at);
    } catch (DateTimeParseException e) {
      throw new CliException(ExitCode.USAGE, "at='" + at + "', expected a time with its zone", e);
    }
    terminal.note("begins at " + start);
    while (Instant.now().isBefore(start)) {
      LockSupport.parkNanos(LOOK_NS);
    }
  }

  /// A share that nobody watches is not left behind.
  private void interrupted(Rollout rollout) {
    if (isUnderWay.compareAndSet(true, false)) {
      rollout.rollBackNow();
    }
  }

  private ExitCode run(Terminal terminal, Rollout rollout, List<RolloutStep> shares) {
    isUnderWay.set(true);
    if (shadowS > 0) {
      if (isRefused(terminal, rollout.shadow())) {
        return ExitCode.REFUSED;
      }
      Rollout.Seen seen = rollout.watch(Duration.ofSeconds(shadowS));
      String text = "would have acted on " + seen.requests() + " requests, changed ";
      say(terminal, "shadow", text + seen.slots() + " slots");
      if (seen.guard().isPresent()) {
        return rollBack(terminal, rollout, seen);
      }
    }
    for (RolloutStep step : shares) {
      RuleAck ack = rollout.step(step.percent());
      if (isRefused(terminal, ack)) {
        rollBack(terminal, rollout, new Rollout.Seen(0, 0, Optional.empty()));
        return ExitCode.REFUSED;
      }
      Rollout.Seen seen = rollout.watch(Duration.ofSeconds(step.seconds()));
      String acted = ", acted on " + seen.requests() + " requests";
      say(terminal, step.percent() + " %", "revision " + ack.revision() + acted);
      if (seen.guard().isPresent()) {
        return rollBack(terminal, rollout, seen);
      }
    }
    say(terminal, "promoted", "to " + shares.getLast().percent() + " %");
    return ExitCode.OK;
  }

  private ExitCode rollBack(Terminal terminal, Rollout rollout, Rollout.Seen seen) {
    isUnderWay.set(false);
    RuleAck ack = rollout.rollBack();
    String why =
        seen.guard()
            .map(alert -> ": " + alert.facts().get(Alert.MONITOR) + ", " + alert.message())
            .orElse("");
    say(terminal, "back", "revision " + ack.revision() + why);
    return ExitCode.REFUSED;
  }

  private boolean isRefused(Terminal terminal, RuleAck ack) {
    if (ack.kind() == RuleAck.Kind.REFUSED) {
      say(terminal, "refused", ack.detail().orElse(""));
      return true;
    }
    return false;
  }

  private void say(Terminal terminal, String what, String text) {
    if (connection().isJson()) {
      JsonLines.object(terminal, out -> out.text("step", what).text("seen", text));
    } else {
      terminal.line(String.format("%-9s %s", what, Printable.line(text)));
    }
  }
}
