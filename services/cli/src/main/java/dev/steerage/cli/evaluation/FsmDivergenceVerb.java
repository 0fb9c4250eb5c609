package dev.steerage.cli.evaluation;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.StateDivergence;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fsm divergence`.
@Command(
    name = "divergence",
    mixinStandardHelpOptions = true,
    description = {
      "Force the codes of one state at the last position of every other, and measure how far the",
      "next token's distribution stays from that state's: Jensen-Shannon divergence over that of",
      "nothing forced, for sets of sites, beside random codes and those of a third state."
    })
final class FsmDivergenceVerb extends FsmVerb {
  @Option(
      names = "--digits",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Digits of the next state behind each state: 0 bigrams, 1 trigrams."
              + " Default: ${DEFAULT-VALUE}.")
  private int digits;

  @Option(
      names = "--prefix",
      paramLabel = "N",
      defaultValue = "0",
      description = "Most states before a source. Default: ${DEFAULT-VALUE}.")
  private int prefix;

  @Option(
      names = "--targets",
      paramLabel = "N",
      defaultValue = "100",
      description = "Inputs that are targets. Default: ${DEFAULT-VALUE}.")
  private int targets;

  @Override
  ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded, AutomatonTokens tokens) {
    StateDivergence measurement =
        new StateDivergence(loaded, tokens, digits, prefix, targets, seed());
    StepProgress progress = new StepProgress(terminal, "targets", targets);
    StateDivergence.Result result = measurement.run(progress::at);
    progress.finish();
    if (connection().isJson()) {
      json(
          terminal,
          folder,
          loaded,
          out ->
              out.whole("inputs", result.inputs())
                  .whole("targets", result.targets())
                  .allObjects(
                      "sets",
                      result.outcomes(),
                      (each, outcome) ->
                          each.text("set", outcome.set().name())
                              .whole("sites", outcome.set().sites().size())
                              .number("divergence", outcome.target())
                              .number("normalised", result.normalised(outcome.target()))
                              .number("randomCodes", result.normalised(outcome.randomCodes()))
                              .number("otherState", result.normalised(outcome.otherState()))));
      return ExitCode.OK;
    }
    Table table =
        Table.of("codes forced at", ">sites", ">nats", ">target", ">random codes", ">third state");
    for (StateDivergence.Outcome outcome : result.outcomes()) {
      boolean isNone = outcome.set().sites().isEmpty();
      table.row(
          outcome.set().name(),
          outcome.set().sites().size(),
          "%.6f".formatted(outcome.target()),
          "%.5f".formatted(result.normalised(outcome.target())),
          isNone ? "" : "%.5f".formatted(result.normalised(outcome.randomCodes())),
          isNone ? "" : "%.5f".formatted(result.normalised(outcome.otherState())));
    }
    table.print(terminal);
    terminal.line(
        "%d targets of %d inputs; the last three columns are over the divergence of none"
            .formatted(result.targets(), result.inputs()));
    return ExitCode.OK;
  }
}
