package dev.steerage.cli.command;

import picocli.CommandLine.Command;

/// The rules of a tenant.
@Command(
    name = "rule",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Plan, put, remove, await, compare and restore steering rules.",
    subcommands = {
      RulePlanVerb.class,
      RuleValidateVerb.class,
      RulePutVerb.class,
      RuleRolloutVerb.class,
      RuleRemoveVerb.class,
      RuleListVerb.class,
      RuleHistoryVerb.class,
      RuleProofVerb.class,
      RuleCostVerb.class,
      RuleFenceVerb.class,
      RuleDiffVerb.class,
      RuleRollbackVerb.class
    })
public final class RuleCommand {}
