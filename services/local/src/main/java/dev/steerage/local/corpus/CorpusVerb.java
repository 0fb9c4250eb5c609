package dev.steerage.local.corpus;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.command.Verb;
import dev.steerage.cli.terminal.StepProgress;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.CorpusException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Parameters;

/// A verb that reads a corpus from the data folder.
abstract class CorpusVerb extends Verb {
  @Parameters(
      index = "0",
      paramLabel = "CORPUS",
      description = "Name of a corpus of 'steerage index build'.")
  private String name;

  @Override
  protected final ExitCode run(Terminal terminal) {
    Path corpora = connection().data().resolve("corpora");
    if (!Files.isDirectory(corpora.resolve(name))) {
      throw new CliException(
          ExitCode.USAGE,
          "no corpus '%s' in %s, which has %s".formatted(name, corpora, in(corpora)));
    }
    try {
      Corpus corpus = Corpus.open(corpora.resolve(name));
      corpus.damaged().forEach(terminal::note);
      if (!corpus.damaged().isEmpty()) {
        throw new CliException(
            ExitCode.REFUSED,
            "corpus "
                + name
                + " has damaged segments: 'steerage index build' builds them again from their"
                + " text");
      }
      return run(terminal, corpus);
    } catch (CorpusException e) {
      throw new CliException(ExitCode.REFUSED, e.getMessage(), e);
    }
  }

  abstract ExitCode run(Terminal terminal, Corpus corpus);

  /// Progress through the documents or tokens of a corpus.
  static StepProgress progress(Terminal terminal, String what, long all) {
    return new StepProgress(terminal, what, all);
  }

  private static List<String> in(Path corpora) {
    if (!Files.isDirectory(corpora)) {
      return List.of();
    }
    try (Stream<Path> children = Files.list(corpora)) {
      return children.map(child -> child.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException("folder=" + corpora, e);
    }
  }
}
