package dev.steerage.cli.command;

import dev.steerage.domain.rule.RuleChange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `monitor delete`.
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Watch no more; the rules that its edges wrote go with it.")
final class MonitorDeleteVerb extends ChangeVerb {
  @Parameters(paramLabel = "ID", description = "Id of the monitor.")
  private String monitor;

  @Override
  RuleChange change(String author) {
    return new RuleChange.MonitorRemoved(monitor, author);
  }
}
