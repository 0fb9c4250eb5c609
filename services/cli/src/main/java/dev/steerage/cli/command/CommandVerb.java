package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Feed;
import dev.steerage.cli.prompt.RequestIds;
import dev.steerage.cli.rule.JsonArgument;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.message.Command;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Writes one order and waits for its acknowledgement.
abstract sealed class CommandVerb extends Verb {
  private static final Duration POLL = Duration.ofMillis(100);

  @Parameters(index = "0", paramLabel = "REQUEST", description = "Id of the request.")
  private String request;

  @Option(
      names = "--author",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who says so. Default: ${DEFAULT-VALUE}.")
  private String author;

  @Option(
      names = "--wait-s",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for the acknowledgement. Default: ${DEFAULT-VALUE}.")
  private int waitS;

  abstract Command order(String request, String author, String id);

  @Override
  protected ExitCode run(Terminal terminal) {
    var order = order(request, author, new RequestIds().next("command"));
    try (EventLog log = connection().open();
        Feed<RuleAck> acks =
            log.follow(Topics.RULE_ACKS.of(connection().tenant()), Feed.From.NOW)) {
      write(log, order);
      Event<RuleAck> answer = answer(acks, order.command().orElseThrow());
      RuleAck ack = answer.value().orThrow();
      if (connection().isJson()) {
        JsonLines.record(terminal, answer);
      } else {
        terminal.line(Printable.line(RuleText.of(ack)));
      }
      return ack.kind() == RuleAck.Kind.REFUSED ? ExitCode.REFUSED : ExitCode.OK;
    }
  }

  private void write(EventLog log, Command order) {
    try {
      log.send(Topics.COMMANDS.of(connection().tenant()), request, order).join();
    } catch (CompletionException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "command not written: request=" + request + ": " + e.getCause().getMessage(),
          e);
    }
  }

  private Event<RuleAck> answer(Feed<RuleAck> acks, String id) {
    long deadline = System.nanoTime() + Duration.ofSeconds(waitS).toNanos();
    while (System.nanoTime() < deadline) {
      for (Event<RuleAck> event : acks.poll(POLL)) {
        Optional<RuleAck> ack = event.value().value();
        if (ack.isPresent() && ack.get().subject().equals(id)) {
          return event;
        }
      }
    }
    throw new CliException(
        ExitCode.TIMEOUT,
        "no acknowledgement: command=" + id + ", request=" + request + ", limit=" + waitS + " s");
  }

  private static Command plain(Command.Kind kind, String request, String author, String id) {
    return new Command(
        Command.VERSION, Optional.of(id), request, kind, OptionalLong.empty(), List.of(), author);
  }

  /// `command cancel`.
  @CommandLine.Command(
      name = "cancel",
      mixinStandardHelpOptions = true,
      description = "End a request at once; nothing more is written.")
  static final class Cancel extends CommandVerb {
    @Override
    Command order(String request, String author, String id) {
      return plain(Command.Kind.CANCEL, request, author, id);
    }
  }

  /// `command stop`.
  @CommandLine.Command(
      name = "stop",
      mixinStandardHelpOptions = true,
      description = "End a request after the token that is being computed.")
  static final class Stop extends CommandVerb {
    @Override
    Command order(String request, String author, String id) {
      return plain(Command.Kind.STOP, request, author, id);
    }
  }

  /// `command deadline`.
  @CommandLine.Command(
      name = "deadline",
      mixinStandardHelpOptions = true,
      description = "Set another deadline for a request.")
  static final class Deadline extends CommandVerb {
    @Option(
        names = "--in-ms",
        required = true,
        paramLabel = "MS",
        description = "The request expires this long after now.")
    private long inMs;

    @Override
    Command order(String request, String author, String id) {
      return new Command(
          Command.VERSION,
          Optional.of(id),
          request,
          Command.Kind.DEADLINE,
          OptionalLong.of(Clock.systemUTC().millis() + inMs),
          List.of(),
          author);
    }
  }

  /// `command steer`.
  @CommandLine.Command(
      name = "steer",
      mixinStandardHelpOptions = true,
      description = "Steer this request only, from its next token on.",
      footer = {"", "Example: steerage command steer my-request '{\"activate\": [\"L0.mlp:17\"]}'"})
  static final class Steer extends CommandVerb {
    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "ACTION",
        description = "Interventions as in a rule's 'do', each one JSON object.")
    private List<String> actions;

    @Override
    Command order(String request, String author, String id) {
      // The rule's reader knows what an action is; model and id are not looked at.
      String rule =
          "{\"rule\": \"steer\", \"model\": \"any\", \"do\": [" + String.join(",", actions) + "]}";
      RuleChange change = JsonArgument.read(rule, author, Topics.RULES.value());
      Rule read =
          switch (change) {
            case RuleChange.RulePut put -> put.rule();
            case RuleChange.RuleRemoved _,
                RuleChange.ConceptPut _,
                RuleChange.ConceptRemoved _,
                RuleChange.MonitorPut _,
                RuleChange.MonitorRemoved _ ->
                throw new CliException(ExitCode.USAGE, "expected actions of a rule");
          };
      return new Command(
          Command.VERSION,
          Optional.of(id),
          request,
          Command.Kind.STEER,
          OptionalLong.empty(),
          read.actions(),
          author);
    }
  }
}
