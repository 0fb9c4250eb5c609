package dev.steerage.index.build;

import dev.steerage.index.corpus.CorpusException;
import dev.steerage.index.corpus.CorpusInfo;
import dev.steerage.ops.Backends;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.checkpoint.CheckpointException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `steerage index build`: runs a text through a model and keeps which codes fired where.
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Builds a corpus, or goes on with one: runs text through a model and writes"
            + " which codes fired where.",
    footer =
        "What is on disk is kept: a build that was stopped goes on, new texts are appended,"
            + " damaged segments are built again from their text.")
public final class IndexBuildCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "FOLDER",
      required = true,
      description = "Folder of the checkpoint; its name is the model's name.")
  private Path model;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      arity = "1..*",
      description = "UTF-8 text. None: go on with the texts that the corpus has.")
  private List<Path> texts = List.of();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the corpus. Default: the model's name.")
  private String name;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      defaultValue = "${env:STEERAGE_DATA:-.steerage}",
      description =
          "The corpus goes to corpora/NAME in it. Default: $$STEERAGE_DATA, else"
              + " .steerage, where 'steerage up' looks.")
  private Path data;

  @Option(
      names = "--separator",
      paramLabel = "TEXT",
      defaultValue = "<|endoftext|>",
      description = "Ends a document; \\n is a line end. Default: ${DEFAULT-VALUE}.")
  private String separator;

  @Option(
      names = "--context",
      paramLabel = "TOKENS",
      defaultValue = "0",
      description = "Cuts documents that are longer. Default: what the model takes.")
  private int context;

  @Option(
      names = "--segment-tokens",
      paramLabel = "TOKENS",
      defaultValue = "131072",
      description =
          "Tokens of a segment: a build that is killed loses at most one. Default:"
              + " ${DEFAULT-VALUE}, less where a model has very many codes per token.")
  private int segmentTokens;

  @Option(
      names = "--neurons",
      paramLabel = "TOKENS",
      defaultValue = "16384",
      description =
          "Tokens of the sample of documents on which the activity of every neuron is recorded,"
              + " to compare codes with neurons in searches. 0: none. Default: ${DEFAULT-VALUE}.")
  private int neurons;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Documents run at once. Default: one per processor.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "reference, vector, native or auto. Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    checkOptions();
    PrintWriter err = spec.commandLine().getErr();
    try (var loaded = CodebookTransformer.load(model, Backends.byName(backend))) {
      Path folder = data.resolve("corpora").resolve(corpusName());
      CorpusInfo info =
          CorpusInfo.exists(folder)
              ? CorpusInfo.read(folder)
              : CorpusBuilder.describe(
                  loaded, model, corpusName(), separator(), context, segmentTokens);
      try (var builder = new CorpusBuilder(loaded, folder, info, threads, new ProgressLine(err))) {
        builder.build(texts);
        builder.recordNeurons(neurons);
      }
      spec.commandLine().getOut().println("corpus " + corpusName() + " in " + folder);
      return 0;
    } catch (CorpusException | CheckpointException e) {
      err.println("error: " + e.getMessage());
      return 1;
    }
  }

  private String corpusName() {
    return name == null ? model.toAbsolutePath().normalize().getFileName().toString() : name;
  }

  private String separator() {
    return separator.replace("\\n", "\n");
  }

  private void checkOptions() {
    if (!corpusName().matches("[A-Za-z0-9._-]{1,64}")) {
      throw wrong("--name: '" + corpusName() + "', expected [A-Za-z0-9._-]{1,64}");
    }
    if (separator.isEmpty() || threads < 1 || threads > 256 || segmentTokens < 1 || context < 0) {
      throw wrong("separator, threads (1..256), segment-tokens or context: out of range");
    }
    if (neurons < 0 || neurons > 1 << 20) {
      throw wrong("--neurons: " + neurons + ", expected 0..1048576");
    }
    for (Path text : texts) {
      if (!Files.isRegularFile(text)) {
        throw wrong("--text: no file " + text);
      }
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
