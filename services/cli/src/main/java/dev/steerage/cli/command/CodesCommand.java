package dev.steerage.cli.command;

import picocli.CommandLine.Command;

/// What is known about codes.
@Command(
    name = "codes",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Look codes up in the code index.",
    subcommands = {
      CodesFindVerb.class,
      CodesAboutVerb.class,
      CodesShowVerb.class,
      CodesTopVerb.class,
      CodesLabelVerb.class,
      CodesLabelsVerb.class,
      CodesDiffVerb.class,
      CodesImportVerb.class,
      CodesCorporaVerb.class
    })
public final class CodesCommand {}
