package dev.steerage.cli.command;

import dev.steerage.domain.rule.RuleChange;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule remove`.
@Command(
    name = "remove",
    mixinStandardHelpOptions = true,
    description = "Take a rule out of force; the log keeps that it was there.")
final class RuleRemoveVerb extends ChangeVerb {
  @Parameters(paramLabel = "ID", description = "Id of the rule.")
  private String rule;

  @Override
  RuleChange change(String author) {
    return new RuleChange.RuleRemoved(rule, author);
  }
}
