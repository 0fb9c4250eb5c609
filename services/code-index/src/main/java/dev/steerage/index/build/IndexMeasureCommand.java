package dev.steerage.index.build;

import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.Measure;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `steerage index measure`: verifies a corpus and says how large it is.
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    description = "Verifies a corpus and compares its size with the entropy of its codes.",
    footer =
        "Exit code 0: every checksum is right. 1: a segment is damaged, or there is no corpus.")
public final class IndexMeasureCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "The corpus.")
  private String name;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description = "It is in corpora/NAME of this. Default: $$STEERAGE_DATA, else .steerage.")
  private Path data;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Corpus corpus;
    try {
      corpus = Corpus.open(data.resolve("corpora").resolve(name));
    } catch (CorpusException e) {
      spec.commandLine().getErr().println("error: " + e.getMessage());
      return 1;
    }
    corpus.damaged().forEach(out::println);
    Measure measure = Measure.of(corpus);
    out.printf(
        "%s: model %s, %,d documents, %,d tokens, %,d activations, %,d segments, %,d bytes%n",
        corpus.name(),
        corpus.info().model(),
        corpus.documents(),
        corpus.positions(),
        measure.activations(),
        corpus.segments().size(),
        corpus.bytes());
    line(out, "forward ids", measure.forwardBytes(), measure.forwardBits(), measure);
    line(out, "posting lists", measure.postingBytes(), measure.postingBits(), measure);
    return corpus.damaged().isEmpty() ? 0 : 1;
  }

  private static void line(PrintWriter out, String what, long bytes, double bits, Measure measure) {
    out.printf(
        "%s: %,d bytes, %.3f bits per activation; entropy %.3f bits; ratio %.4f%n",
        what,
        bytes,
        8.0 * bytes / measure.activations(),
        bits / measure.activations(),
        8 * bytes / bits);
  }
}
