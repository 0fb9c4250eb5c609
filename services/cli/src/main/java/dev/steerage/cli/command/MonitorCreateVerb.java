package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.rule.JsonArgument;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.topic.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `monitor create`.
@Command(
    name = "create",
    mixinStandardHelpOptions = true,
    description = "Watch codes over windows, and wait until a worker has accepted it.",
    footer = {
      "",
      "Example: steerage monitor create '{\"monitor\": \"fire\", \"model\": \"stories\",",
      "           \"measure\": {\"share\": {\"concept\": \"fire\"}}, \"above\": 0.05,",
      "           \"window\": {\"hoppingMs\": 10000, \"everyMs\": 1000},",
      "           \"then\": {\"do\": [{\"ban\": {\"concept\": \"fire\"}}]}}'",
      "A monitor of the same id is replaced."
    })
final class MonitorCreateVerb extends ChangeVerb {
  @Parameters(
      paramLabel = "MONITOR",
      description = "The monitor: JSON, a file that holds it, or - for standard input.")
  private String monitor;

  @Override
  RuleChange change(String author) {
    return new RuleChange.MonitorPut(read(monitor, author));
  }

  static Monitor read(String argument, String author) {
    RuleChange change = JsonArgument.read(argument, author, Topics.RULES.value());
    if (change instanceof RuleChange.MonitorPut(Monitor monitor)) {
      return monitor;
    }
    throw new CliException(
        ExitCode.USAGE, "expected a monitor with 'monitor', 'model', 'measure' and 'window'");
  }
}
