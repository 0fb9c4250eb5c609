package dev.steerage.cli.command;

import picocli.CommandLine.Command;

/// The rules of a tenant.
@Command(
    name = "rule",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Put, remove and look at steering rules.",
    subcommands = {
      RulePutVerb.class,
      RuleRemoveVerb.class,
      RuleListVerb.class,
      RuleHistoryVerb.class
    })
public final class RuleCommand {}
