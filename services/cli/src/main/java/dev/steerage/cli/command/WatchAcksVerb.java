package dev.steerage.cli.command;

import dev.steerage.cli.log.Event;
import dev.steerage.cli.rule.RuleText;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.topic.Topics;
import java.util.Optional;
import picocli.CommandLine.Command;

/// `watch acks`.
@Command(
    name = "acks",
    mixinStandardHelpOptions = true,
    description = "Watch what becomes of rules and commands.")
final class WatchAcksVerb extends WatchVerb<RuleAck> {
  WatchAcksVerb() {
    super(Topics.RULE_ACKS);
  }

  @Override
  int show(Terminal terminal, Event<RuleAck> event) {
    Optional<RuleAck> ack = event.value().value();
    ack.ifPresent(value -> terminal.line(Printable.line(RuleText.of(value))));
    return ack.isPresent() ? 1 : 0;
  }
}
