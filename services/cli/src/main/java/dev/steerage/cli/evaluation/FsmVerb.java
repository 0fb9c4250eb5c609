package dev.steerage.cli.evaluation;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/// A measurement of a model that follows an automaton.
abstract class FsmVerb extends ModelVerb {
  @Option(
      names = "--automaton",
      paramLabel = "FILE",
      description = "Its true automaton. Default: automaton.json in the model's folder.")
  private Path automaton;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of all random choices. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  protected final ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded) {
    return run(terminal, folder, loaded, tokens(folder, automaton, loaded));
  }

  abstract ExitCode run(
      Terminal terminal, Path folder, CodebookTransformer loaded, AutomatonTokens tokens);

  final long seed() {
    return seed;
  }
}
