package dev.steerage.cli.experiment;

import picocli.CommandLine.Command;

/// Measurements that end in a report.
@Command(
    name = "experiment",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Measure a claim with a fixed protocol and write a report.",
    subcommands = SteerStateVerb.class)
public final class ExperimentCommand {}
