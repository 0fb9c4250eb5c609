package dev.steerage.cli.analysis;

import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.analysis.PromptCodes;
import dev.steerage.transformer.analysis.PromptCodes.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// The options that give prompts with a property and prompts without it.
final class LabelledPrompts {
  @Option(
      names = "--positive",
      required = true,
      paramLabel = "FILE",
      description = "Prompts with the property, one per line.")
  private Path positiveFile;

  @Option(
      names = "--negative",
      required = true,
      paramLabel = "FILE",
      description = "Prompts without it, one per line.")
  private Path negativeFile;

  @Option(
      names = "--at",
      paramLabel = "any|last",
      defaultValue = "any",
      converter = ScopeName.class,
      description = "Which positions count. Default: ${DEFAULT-VALUE}.")
  private Scope scope;

  /// `any` or `last`.
  static final class ScopeName implements ITypeConverter<Scope> {
    @Override
    public Scope convert(String name) {
      try {
        return Scope.valueOf(name.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + name + "', expected any or last");
      }
    }
  }

  Scope scope() {
    return scope;
  }

  /// What fired in them.
  ///
  /// @param positive how many of `prompts`, the first ones, have the property
  record Read(List<PromptCodes> prompts, int positive) {
    List<PromptCodes> ofPositive() {
      return prompts.subList(0, positive);
    }

    List<PromptCodes> ofNegative() {
      return prompts.subList(positive, prompts.size());
    }
  }

  Read read(Terminal terminal, CodebookTransformer model, boolean neurons) {
    List<int[]> prompts = new ArrayList<>(PromptLines.read(positiveFile, model));
    int positive = prompts.size();
    prompts.addAll(PromptLines.read(negativeFile, model));
    StepProgress progress = new StepProgress(terminal, "prompts", prompts.size());
    List<PromptCodes> read = PromptCodes.read(model, prompts, scope, neurons, progress::at);
    progress.finish();
    return new Read(read, positive);
  }
}
