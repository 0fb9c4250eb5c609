package dev.steerage.cli.evaluation;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.TransitionAccuracy;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `fsm transitions`.
@Command(
    name = "transitions",
    mixinStandardHelpOptions = true,
    description = {
      "Let the model write states at temperature 1 and count the transitions that the automaton",
      "allows."
    })
final class FsmTransitionsVerb extends FsmVerb {
  @Option(
      names = "--sequences",
      paramLabel = "N",
      defaultValue = "100",
      description = "Sequences. Default: ${DEFAULT-VALUE}.")
  private int sequences;

  @Option(
      names = "--length",
      paramLabel = "N",
      description = "Tokens of each. Default: as many as the model can.")
  private Integer length;

  @Override
  ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded, AutomatonTokens tokens) {
    StepProgress progress = new StepProgress(terminal, "sequences", sequences);
    TransitionAccuracy found =
        TransitionAccuracy.of(
            loaded,
            tokens,
            sequences,
            length == null ? loaded.config().maxPositions() : length,
            seed(),
            progress::at);
    progress.finish();
    if (connection().isJson()) {
      json(
          terminal,
          folder,
          loaded,
          out ->
              out.whole("sequences", found.sequences())
                  .whole("transitions", found.transitions())
                  .number("legal", found.legal())
                  .number("legalFirst", found.legalFirst())
                  .number("legalGreedy", found.legalGreedy())
                  .number("overlap", found.overlap()));
      return ExitCode.OK;
    }
    Table table = Table.of("transitions", ">share", "of");
    table.row("legal", percent(found.legal()), found.transitions() + " in sampled sequences");
    table.row("legal, first of a sequence", percent(found.legalFirst()), found.sequences());
    table.row("likeliest is legal", percent(found.legalGreedy()), "every state");
    table.row("successors among the likeliest", percent(found.overlap()), "every state");
    table.print(terminal);
    return ExitCode.OK;
  }
}
