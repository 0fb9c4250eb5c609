package dev.steerage.cli.bench;

import picocli.CommandLine.Command;

/// Measures an installation.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measure this installation and say on what machine.",
    subcommands = {BenchLatencyVerb.class, BenchMonitorsVerb.class})
public final class BenchCommand {}
