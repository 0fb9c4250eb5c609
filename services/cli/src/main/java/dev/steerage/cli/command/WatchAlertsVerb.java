package dev.steerage.cli.command;

import dev.steerage.cli.log.Event;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.topic.Topics;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;

/// `watch alerts`.
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description = "Watch bounds being crossed.")
final class WatchAlertsVerb extends WatchVerb<Alert> {
  WatchAlertsVerb() {
    super(Topics.ALERTS);
  }

  @Override
  int show(Terminal terminal, Event<Alert> event) {
    Optional<Alert> alert = event.value().value();
    alert.ifPresent(
        value ->
            terminal.line(
                Printable.line(
                    "%s  %-8s %s  %s %s"
                        .formatted(
                            Instant.ofEpochMilli(value.atMs()),
                            value.severity(),
                            value.kind(),
                            value.message(),
                            value.facts().isEmpty() ? "" : value.facts()))));
    return alert.isPresent() ? 1 : 0;
  }
}
