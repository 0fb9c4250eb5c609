package dev.steerage.local.corpus;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.export.JsonLinesExport;
import dev.steerage.index.export.NpyExport;
import dev.steerage.index.export.ParquetExport;
import dev.steerage.schemas.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `codes export`.
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Write a corpus for other programs: every token with the codes that fired.",
    footer = {
      "",
      "jsonl: one object per token. parquet: a row per token, a column per slot of every site.",
      "npy: a folder with tokens.npy, documents.npy and one [tokens, slots] array per site."
    })
public final class CodesExportVerb extends CorpusVerb {
  @Option(
      names = "--format",
      required = true,
      paramLabel = "FORMAT",
      converter = FormatName.class,
      description = "jsonl, parquet or npy.")
  private Format format;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "PATH",
      description = "File to write, for npy a folder; must not exist.")
  private Path to;

  private enum Format {
    JSONL,
    PARQUET,
    NPY
  }

  private static final class FormatName implements ITypeConverter<Format> {
    @Override
    public Format convert(String name) {
      try {
        return Format.valueOf(name.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("'" + name + "', expected jsonl, parquet or npy");
      }
    }
  }

  @Override
  ExitCode run(Terminal terminal, Corpus corpus) {
    if (Files.exists(to)) {
      throw new CliException(ExitCode.USAGE, "--out: " + to + " exists");
    }
    StepProgress progress = progress(terminal, "tokens", corpus.positions());
    try {
      switch (format) {
        case JSONL -> JsonLinesExport.write(corpus, to, progress::at);
        case PARQUET -> ParquetExport.write(corpus, to, progress::at);
        case NPY -> NpyExport.write(corpus, to, progress::at);
      }
    } catch (IOException e) {
      throw new CliException(ExitCode.REFUSED, "--out: " + to + " cannot be written: " + e, e);
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.REFUSED, e.getMessage(), e);
    }
    progress.finish();
    if (connection().isJson()) {
      byte[] line =
          Json.write(
              out ->
                  out.text("corpus", corpus.name())
                      .text("model", corpus.info().model())
                      .text("modelHash", corpus.info().modelHash())
                      .whole("documents", corpus.documents())
                      .whole("tokens", corpus.positions())
                      .text("path", to.toString()));
      terminal.line(new String(line, StandardCharsets.UTF_8));
    } else {
      terminal.line(
          "%,d tokens of corpus %s in %s".formatted(corpus.positions(), corpus.name(), to));
    }
    return ExitCode.OK;
  }
}
