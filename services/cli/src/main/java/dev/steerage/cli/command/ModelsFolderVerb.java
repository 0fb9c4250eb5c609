package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.model.ModelFolders;
import dev.steerage.cli.terminal.ByteProgress;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.json.JsonOut;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.checkpoint.CheckpointException;
import dev.steerage.transformer.checkpoint.CheckpointReport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Mixin;

/// What the verbs on model folders share.
abstract class ModelsFolderVerb extends Verb {
  @Mixin private ModelFolders folders = new ModelFolders();

  @Override
  protected final ExitCode run(Terminal terminal) {
    try {
      return run(terminal, folders.path());
    } catch (CheckpointException e) {
      throw new CliException(ExitCode.REFUSED, e.getMessage(), e);
    }
  }

  abstract ExitCode run(Terminal terminal, Path models);

  static CheckpointReport report(Terminal terminal, Path folder, String what) {
    ByteProgress progress = new ByteProgress(terminal, what);
    try {
      return CheckpointReport.of(folder, progress::at);
    } finally {
      progress.finish();
    }
  }

  /// Sites that differ in layer and head only.
  ///
  /// @param component label of the place
  record SiteKind(String component, int codes, int activeCodes, int width) {
    static Map<SiteKind, List<CodebookSite>> of(List<CodebookSite> sites) {
      Map<SiteKind, List<CodebookSite>> kinds = new LinkedHashMap<>();
      for (CodebookSite site : sites) {
        kinds
            .computeIfAbsent(
                new SiteKind(
                    site.site().component().label(),
                    site.codes(),
                    site.activeCodes(),
                    site.width()),
                _ -> new ArrayList<>())
            .add(site);
      }
      return kinds;
    }
  }

  static void write(JsonOut out, CheckpointReport report) {
    out.text("architecture", report.config().architecture())
        .whole("layers", report.config().layers())
        .whole("heads", report.config().heads())
        .whole("width", report.config().width())
        .whole("inner", report.config().inner())
        .whole("vocabulary", report.config().vocabulary())
        .whole("maxPositions", report.config().maxPositions())
        .whole("tensors", report.tensors())
        .whole("values", report.values())
        .whole("bytes", report.bytes())
        .text("hash", report.hash())
        .object(
            "types",
            types -> new TreeMap<>(report.types()).forEach((type, n) -> types.whole(type, n)))
        .allObjects(
            "sites",
            report.sites(),
            (each, site) ->
                each.text("site", site.site().toString())
                    .whole("codes", site.codes())
                    .whole("active", site.activeCodes())
                    .whole("width", site.width()))
        .allObjects(
            "notFinite",
            report.notFinite(),
            (each, found) ->
                each.text("tensor", found.tensor())
                    .whole("count", found.count())
                    .whole("first", found.first())
                    .text("value", Float.toString(found.value())))
        .allTexts("notes", report.notes());
  }
}
