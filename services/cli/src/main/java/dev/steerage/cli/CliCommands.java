package dev.steerage.cli;

import dev.steerage.cli.analysis.AttributeCommand;
import dev.steerage.cli.analysis.CircuitCommand;
import dev.steerage.cli.analysis.MatchCommand;
import dev.steerage.cli.analysis.ProbeCommand;
import dev.steerage.cli.bench.BenchCommand;
import dev.steerage.cli.command.CodesCommand;
import dev.steerage.cli.command.CommandCommand;
import dev.steerage.cli.command.ConceptCommand;
import dev.steerage.cli.command.ModelsCommand;
import dev.steerage.cli.command.MonitorCommand;
import dev.steerage.cli.command.PromptCommand;
import dev.steerage.cli.command.RuleCommand;
import dev.steerage.cli.command.TopicsCommand;
import dev.steerage.cli.command.WatchCommand;
import dev.steerage.cli.demo.DemoCommand;
import dev.steerage.cli.evaluation.EvalCommand;
import dev.steerage.cli.evaluation.FsmCommand;
import dev.steerage.cli.experiment.ExperimentCommand;
import java.util.List;

/// The verbs of this module, for the launcher's root command.
public final class CliCommands {
  private CliCommands() {}

  /// One picocli command object per verb, in the order of the help text.
  ///
  /// @param system starts a system where none runs, for the verbs that need one
  public static List<Object> all(LocalSystem system) {
    return List.of(
        new DemoCommand(system),
        new PromptCommand(),
        new CommandCommand(),
        new RuleCommand(),
        new ConceptCommand(),
        new MonitorCommand(),
        new CodesCommand(),
        new ProbeCommand(),
        new CircuitCommand(),
        new MatchCommand(),
        new AttributeCommand(),
        new WatchCommand(),
        new ModelsCommand(),
        new TopicsCommand(),
        new EvalCommand(),
        new FsmCommand(),
        new ExperimentCommand(),
        new BenchCommand());
  }
}
