package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.model.ImportRecord;
import dev.steerage.cli.model.LocalModels;
import dev.steerage.cli.terminal.Bytes;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.checkpoint.CheckpointFiles;
import dev.steerage.transformer.checkpoint.CheckpointReport;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `models show`.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Show what a model on this machine is made of.")
final class ModelsShowVerb extends ModelsFolderVerb {
  @Parameters(paramLabel = "MODEL", description = "Name or folder of the model.")
  private String model;

  @Override
  ExitCode run(Terminal terminal, Path models) {
    Path folder = LocalModels.folder(models, model);
    CheckpointReport report = report(terminal, folder, "reading " + model);
    if (connection().isJson()) {
      JsonLines.object(
          terminal,
          out -> {
            out.text("model", folder.getFileName().toString())
                .text("folder", folder.toString())
                .text("licence", LocalModels.licence(folder))
                .text("source", ImportRecord.of(folder).map(ImportRecord::source));
            write(out, report);
          });
      return ExitCode.OK;
    }
    facts(folder, report).print(terminal);
    terminal.line("");
    Table table =
        Table.of("codebooks", ">sites", ">layers", ">codes", ">active", ">width", ">parameters");
    for (Map.Entry<SiteKind, List<CodebookSite>> entry : SiteKind.of(report.sites()).entrySet()) {
      SiteKind kind = entry.getKey();
      List<CodebookSite> sites = entry.getValue();
      table.row(
          kind.component(),
          sites.size(),
          sites.stream().map(site -> site.site().layer()).distinct().count(),
          kind.codes(),
          kind.activeCodes(),
          kind.width(),
          (long) sites.size() * kind.codes() * kind.width());
    }
    if (table.isEmpty()) {
      terminal.line("no codebooks: a dense model");
    } else {
      table.print(terminal);
    }
    report.notes().forEach(note -> terminal.line("note: " + note));
    return ExitCode.OK;
  }

  private static Table facts(Path folder, CheckpointReport report) {
    CheckpointFiles files = CheckpointFiles.in(folder);
    Table table = Table.of("model", folder.getFileName().toString());
    table.row("architecture", report.config().architecture());
    table.row(
        "shape",
        "%d layers, %d heads of %d, width %d, MLP %d"
            .formatted(
                report.config().layers(),
                report.config().heads(),
                report.config().headDim(),
                report.config().width(),
                report.config().inner()));
    table.row(
        "vocabulary, positions",
        report.config().vocabulary() + ", " + report.config().maxPositions());
    table.row(
        "weights",
        "%s in %d tensors %s, %d values"
            .formatted(
                Bytes.of(report.bytes()),
                report.tensors(),
                new TreeMap<>(report.types()),
                report.values()));
    table.row("files", names(files.weights()) + " " + names(files.configs()));
    table.row("tokenizer", files.tokenizer().isEmpty() ? "none" : names(files.tokenizer()));
    table.row("hash", report.hash());
    table.row("licence", LocalModels.licence(folder));
    table.row("card", files.texts().isEmpty() ? "none" : names(files.texts()));
    ImportRecord.of(folder)
        .ifPresent(
            record ->
                table.row("imported", "from " + record.source() + " at " + record.imported()));
    if (!report.notFinite().isEmpty()) {
      table.row("not finite", report.notFinite().size() + " tensors: see models verify");
    }
    return table;
  }

  private static String names(List<Path> files) {
    return String.join(" ", files.stream().map(file -> file.getFileName().toString()).toList());
  }
}
