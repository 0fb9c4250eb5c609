package dev.steerage.cli.command;

import picocli.CommandLine.Command;

/// Topics, live.
@Command(
    name = "watch",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Watch tokens, codes, statistics, alerts or acknowledgements as they happen.",
    subcommands = {
      WatchTokensVerb.class,
      WatchCodesVerb.class,
      WatchStatisticsVerb.class,
      WatchAlertsVerb.class,
      WatchAcksVerb.class
    })
public final class WatchCommand {}
