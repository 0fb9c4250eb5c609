package dev.steerage.cli.command;

import picocli.CommandLine.Command;

/// One-shot orders about one request.
@Command(
    name = "command",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Give an order about one running request.",
    subcommands = {
      CommandVerb.Cancel.class,
      CommandVerb.Stop.class,
      CommandVerb.Deadline.class,
      CommandVerb.Steer.class
    })
public final class CommandCommand {}
