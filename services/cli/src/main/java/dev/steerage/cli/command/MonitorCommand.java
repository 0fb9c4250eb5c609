package dev.steerage.cli.command;

import picocli.CommandLine.Command;

/// The monitors of a tenant.
@Command(
    name = "monitor",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Plan, create, show and delete monitors: what is watched, and what then happens.",
    subcommands = {
      MonitorPlanVerb.class,
      MonitorCreateVerb.class,
      MonitorListVerb.class,
      MonitorShowVerb.class,
      MonitorDeleteVerb.class
    })
public final class MonitorCommand {}
