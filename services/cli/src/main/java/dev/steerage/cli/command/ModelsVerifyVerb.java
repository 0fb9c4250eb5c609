package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.model.ImportRecord;
import dev.steerage.cli.model.LocalModels;
import dev.steerage.cli.terminal.Bytes;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.CheckpointReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `models verify`.
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = {
      "Read every tensor of models again: shapes, values that are not finite, and the hash against",
      "the one recorded at import."
    },
    footer = {"", "Exit code 1: at least one model is not as it should be."})
final class ModelsVerifyVerb extends ModelsFolderVerb {
  @Parameters(
      arity = "0..*",
      paramLabel = "MODEL",
      description = "Names or folders of models. Default: all.")
  private List<String> models = List.of();

  @Override
  ExitCode run(Terminal terminal, Path folder) {
    List<Path> chosen = new ArrayList<>();
    models.forEach(given -> chosen.add(LocalModels.folder(folder, given)));
    if (chosen.isEmpty()) {
      chosen.addAll(LocalModels.in(folder));
    }
    Table table = Table.of("model", ">size", ">tensors", ">values", "hash", "verdict");
    boolean isGood = true;
    for (Path model : chosen) {
      isGood &= verify(terminal, table, model);
    }
    if (!table.isEmpty()) {
      table.print(terminal);
    }
    return isGood ? ExitCode.OK : ExitCode.REFUSED;
  }

  private boolean verify(Terminal terminal, Table table, Path model) {
    String name = model.getFileName().toString();
    CheckpointReport report;
    try {
      report = report(terminal, model, "verifying " + name);
    } catch (CheckpointException e) {
      if (connection().isJson()) {
        JsonLines.object(
            terminal,
            out ->
                out.text("model", name)
                    .flag("good", false)
                    .text("file", e.file())
                    .text("tensor", e.tensor())
                    .text("expected", e.expected())
                    .text("found", e.found()));
      } else {
        table.row(name, "", "", "", "", terminal.styled(Style.BAD, "refused"));
        terminal.note(e.getMessage());
      }
      return false;
    }
    Optional<String> recorded = ImportRecord.of(model).map(ImportRecord::hash);
    boolean isChanged = recorded.isPresent() && !recorded.get().equals(report.hash());
    boolean isGood = !isChanged && report.notFinite().isEmpty();
    if (connection().isJson()) {
      JsonLines.object(
          terminal,
          out -> {
            out.text("model", name).flag("good", isGood).text("recordedHash", recorded);
            write(out, report);
          });
      return isGood;
    }
    table.row(
        name,
        Bytes.of(report.bytes()),
        report.tensors(),
        report.values(),
        report.hash(),
        isGood ? recorded.isPresent() ? "good" : "good, no hash recorded" : verdict(isChanged));
    for (CheckpointReport.NotFinite found : report.notFinite()) {
      terminal.note(
          "%s: %s: %d values are not finite, the first is %s at element %d"
              .formatted(name, found.tensor(), found.count(), found.value(), found.first()));
    }
    report.notes().forEach(note -> terminal.note(name + ": " + note));
    return isGood;
  }

  private static String verdict(boolean isChanged) {
    return isChanged ? "changed since it was imported" : "values that are not finite";
  }
}
