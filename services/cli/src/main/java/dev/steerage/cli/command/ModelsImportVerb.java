package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.model.ModelImport;
import dev.steerage.cli.terminal.ByteProgress;
import dev.steerage.cli.terminal.Bytes;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.checkpoint.CheckpointReport;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `models import`.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Bring a checkpoint into the folder of models: every tensor is read and checked, and nothing",
      "is left behind if one is refused."
    })
final class ModelsImportVerb extends ModelsFolderVerb {
  @Parameters(
      paramLabel = "SOURCE",
      description = "A model folder, or a repository or snapshot folder of a hub's cache.")
  private Path source;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the model. Default: that of the repository or folder.")
  private String name;

  @Option(
      names = "--base",
      paramLabel = "FILE|FOLDER",
      description = "The base model's config.json, where the source has no base_config.json.")
  private Path base;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE|FOLDER",
      description = "tokenizer.json, or vocab.json, where the source has none.")
  private Path tokenizer;

  @Option(names = "--link", description = "Link to the weights instead of copying them.")
  private boolean isLinked;

  @Option(names = "--force", description = "Replace a model of this name.")
  private boolean isForced;

  @Override
  ExitCode run(Terminal terminal, Path models) {
    String called = name == null ? ModelImport.nameOf(source) : name;
    ModelImport order =
        new ModelImport(
            source,
            models,
            called,
            Optional.ofNullable(base),
            Optional.ofNullable(tokenizer),
            isLinked,
            isForced);
    ByteProgress copying = new ByteProgress(terminal, "copying " + called);
    ByteProgress verifying = new ByteProgress(terminal, "verifying " + called);
    CheckpointReport report;
    try {
      report = order.run(copying::at, verifying::at);
    } finally {
      verifying.finish();
    }
    if (connection().isJson()) {
      JsonLines.object(
          terminal,
          out -> {
            out.text("model", called).text("folder", models.resolve(called).toString());
            write(out, report);
          });
    } else {
      terminal.line(
          "imported %s: %s, %d sites, %s, hash %s"
              .formatted(
                  called,
                  report.config().architecture(),
                  report.sites().size(),
                  Bytes.of(report.bytes()),
                  report.hash()));
      report.notes().forEach(note -> terminal.line("note: " + note));
    }
    return ExitCode.OK;
  }
}
