package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.rule.JsonArgument;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.schemas.topic.Topics;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `rule put`.
@Command(
    name = "put",
    mixinStandardHelpOptions = true,
    description = "Put a rule in force, and wait until a worker has accepted it.",
    footer = {
      "",
      "Example: steerage rule put '{\"rule\": \"calm\", \"model\": \"stories\",",
      "           \"do\": [{\"ban\": [\"L0.attn.H3:471\"]}]}'"
    })
final class RulePutVerb extends ChangeVerb {
  @Parameters(
      paramLabel = "RULE",
      description = "The rule: JSON, a file that holds it, or - for standard input.")
  private String rule;

  @Override
  RuleChange change(String author) {
    RuleChange change = JsonArgument.read(rule, author, Topics.RULES.value());
    if (!(change instanceof RuleChange.RulePut)) {
      throw new CliException(ExitCode.USAGE, "expected a rule with 'rule', 'model' and 'do'");
    }
    return change;
  }
}
