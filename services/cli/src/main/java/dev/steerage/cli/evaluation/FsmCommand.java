package dev.steerage.cli.evaluation;

import picocli.CommandLine.Command;

/// Models that follow an automaton.
@Command(
    name = "fsm",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Make automata and walks; measure models that follow one.",
    subcommands = {
      FsmAutomatonVerb.class,
      FsmWalksVerb.class,
      FsmTransitionsVerb.class,
      FsmPurityVerb.class,
      FsmDivergenceVerb.class,
      FsmDetectorsVerb.class
    })
public final class FsmCommand {}
