package dev.steerage.cli.evaluation;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.StateDetectors;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fsm detectors`.
@Command(
    name = "detectors",
    mixinStandardHelpOptions = true,
    description = {
      "Find for each state the code that tells it most precisely on one half of random walks, and",
      "score it on the other half, beside the best MLP neuron at equal recall."
    })
final class FsmDetectorsVerb extends FsmVerb {
  @Option(
      names = "--walks",
      paramLabel = "N",
      defaultValue = "200",
      description = "Walks of each half. Default: ${DEFAULT-VALUE}.")
  private int walks;

  @Option(
      names = "--least-recall",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description = "Codes of a lower recall are not considered. Default: ${DEFAULT-VALUE}.")
  private double leastRecall;

  @Override
  ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded, AutomatonTokens tokens) {
    StepProgress progress = new StepProgress(terminal, "walks", 2L * walks);
    StateDetectors found =
        StateDetectors.of(
            loaded,
            tokens,
            walks,
            loaded.config().maxPositions(),
            leastRecall,
            seed(),
            progress::at);
    progress.finish();
    if (connection().isJson()) {
      json(
          terminal,
          folder,
          loaded,
          out ->
              out.whole("states", found.states())
                  .number("precision", found.precision())
                  .number("recall", found.recall())
                  .number("samePrecision", found.samePrecision())
                  .number("neuronPrecision", found.neuronPrecision())
                  .number("neuronRecall", found.neuronRecall()));
      return ExitCode.OK;
    }
    Table table = Table.of("detector", ">precision", ">recall", "scored on");
    table.row("code", percent(found.precision()), percent(found.recall()), "the other half");
    table.row("code", percent(found.samePrecision()), "", "the half that chose it");
    table.row(
        "neuron",
        percent(found.neuronPrecision()),
        percent(found.neuronRecall()),
        "the other half");
    table.print(terminal);
    terminal.line("means over " + found.states() + " states");
    return ExitCode.OK;
  }
}
