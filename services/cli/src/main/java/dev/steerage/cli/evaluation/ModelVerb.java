package dev.steerage.cli.evaluation;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.automaton.AutomatonFile;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.model.LocalModels;
import dev.steerage.cli.model.ModelFolders;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.ops.Backends;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// A verb that loads a model into this process.
public abstract class ModelVerb extends Verb {
  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "tokfsm",
      description = "Name or folder of the model. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "reference, vector, native or auto. Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Mixin private ModelFolders folders = new ModelFolders();

  @Override
  protected final ExitCode run(Terminal terminal) {
    Path folder = LocalModels.folder(folders.path(), model);
    try (CodebookTransformer loaded = CodebookTransformer.load(folder, Backends.byName(backend))) {
      return run(terminal, folder, loaded);
    } catch (CheckpointException e) {
      throw new CliException(ExitCode.REFUSED, e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  protected abstract ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded);

  /// The automaton that the model follows, in its tokens.
  static AutomatonTokens tokens(Path folder, Path fileOrNull, CodebookTransformer loaded) {
    Automaton automaton =
        AutomatonFile.read(fileOrNull == null ? folder.resolve("automaton.json") : fileOrNull);
    return AutomatonTokens.of(loaded, automaton);
  }

  /// One JSON object with what every result begins with.
  protected static void json(
      Terminal terminal, Path folder, CodebookTransformer loaded, Consumer<JsonOut> rest) {
    byte[] bytes =
        Json.write(
            out -> {
              out.text("model", folder.getFileName().toString())
                  .text("hash", loaded.hash())
                  .text("numericClass", loaded.numericClass().toString());
              rest.accept(out);
            });
    terminal.line(new String(bytes, StandardCharsets.UTF_8));
  }

  protected static String percent(double share) {
    return "%.2f %%".formatted(100 * share);
  }
}
