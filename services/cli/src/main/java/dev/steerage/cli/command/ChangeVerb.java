package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.rule.RuleLog;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import picocli.CommandLine.Option;

/// Writes one change to the rule log and shows the acknowledgement.
abstract class ChangeVerb extends Verb {
  @Option(
      names = "--author",
      paramLabel = "NAME",
      defaultValue = "${sys:user.name}",
      description = "Who says so, where the change does not. Default: ${DEFAULT-VALUE}.")
  private String author;

  @Option(
      names = "--wait-s",
      paramLabel = "S",
      defaultValue = "10",
      description = "How long to wait for the acknowledgement; 0: not. Default: ${DEFAULT-VALUE}.")
  private int waitS;

  abstract RuleChange change(String author);

  @Override
  protected ExitCode run(Terminal terminal) {
    RuleChange change = change(author);
    try (EventLog log = connection().open()) {
      RuleLog rules = new RuleLog(log, connection().tenant());
      if (waitS <= 0) {
        long revision = rules.put(change);
        if (connection().isJson()) {
          JsonLines.object(terminal, out -> out.whole("revision", revision));
        } else {
          terminal.line("revision " + revision);
        }
        return ExitCode.OK;
      }
      RuleAck ack = rules.putAndWait(change, Duration.ofSeconds(waitS));
      show(terminal, ack);
      return ack.kind() == RuleAck.Kind.REFUSED ? ExitCode.REFUSED : ExitCode.OK;
    }
  }

  private void show(Terminal terminal, RuleAck ack) {
    if (connection().isJson()) {
      terminal.line(new String(Topics.RULE_ACKS.value().encode(ack), StandardCharsets.UTF_8));
      return;
    }
    Style style = ack.kind() == RuleAck.Kind.REFUSED ? Style.BAD : Style.GOOD;
    terminal.line(terminal.styled(style, Printable.line(RuleText.of(ack))));
  }
}
