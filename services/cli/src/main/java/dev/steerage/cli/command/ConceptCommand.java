package dev.steerage.cli.command;

import picocli.CommandLine.Command;

/// Named sets of codes.
@Command(
    name = "concept",
    aliases = "concepts",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Put, remove and list concepts: named sets of codes that rules can use.",
    subcommands = {ConceptPutVerb.class, ConceptRemoveVerb.class, ConceptListVerb.class})
public final class ConceptCommand {}
