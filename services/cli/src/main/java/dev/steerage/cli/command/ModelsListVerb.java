package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.model.ImportRecord;
import dev.steerage.cli.model.LocalModels;
import dev.steerage.cli.terminal.Bytes;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.CheckpointFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;

/// `models list`.
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the model folders on this machine, without reading their weights.")
final class ModelsListVerb extends ModelsFolderVerb {
  private static final int HASH_SHOWN = 12;

  @Override
  ExitCode run(Terminal terminal, Path models) {
    Table table = Table.of("model", ">size", "weights", "licence", "hash", "imported from");
    for (Path folder : LocalModels.in(models)) {
      String name = folder.getFileName().toString();
      Optional<ImportRecord> imported = ImportRecord.of(folder);
      String weights;
      long bytes = 0;
      try {
        CheckpointFiles files = CheckpointFiles.in(folder);
        weights = files.weights().getLast().getFileName().toString();
        bytes = files.weights().stream().mapToLong(ModelsListVerb::size).sum();
      } catch (CheckpointException e) {
        weights = "refused: " + e.getMessage();
      }
      String shown = weights;
      long size = bytes;
      if (connection().isJson()) {
        JsonLines.object(
            terminal,
            out ->
                out.text("model", name)
                    .whole("bytes", size)
                    .text("weights", shown)
                    .text("licence", LocalModels.licence(folder))
                    .text("hash", imported.map(ImportRecord::hash))
                    .text("source", imported.map(ImportRecord::source)));
      } else {
        table.row(
            name,
            Bytes.of(size),
            shown,
            LocalModels.licence(folder),
            imported.map(record -> record.hash().substring(0, HASH_SHOWN)).orElse("-"),
            imported.map(ImportRecord::source).orElse("-"));
      }
    }
    if (!table.isEmpty()) {
      table.print(terminal);
    } else if (!connection().isJson()) {
      terminal.note("no models in " + models);
    }
    return ExitCode.OK;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
