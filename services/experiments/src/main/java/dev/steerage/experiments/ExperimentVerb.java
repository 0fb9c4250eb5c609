package dev.steerage.experiments;

import dev.steerage.experiments.report.Report;
import dev.steerage.ops.Backend;
import dev.steerage.ops.Backends;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// A verb that measures and writes a report. Sizes and seed are the protocol's unless options say
/// otherwise, and the report says what they were.
public abstract class ExperimentVerb implements Callable<Integer> {
  private static final long SEED = 20_261_121;

  @Option(
      names = "--models",
      paramLabel = "FOLDER",
      defaultValue = "${sys:steerage.home:-.}/infra/models",
      description = "Folder of model folders. Default: the models shipped.")
  private Path models;

  @Option(
      names = "--reports",
      paramLabel = "FOLDER",
      description = "Where the report goes. Default: the folder of reports beside the models.")
  private Path reports;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      defaultValue = "auto",
      description = "reference, vector, native or auto. Default: ${DEFAULT-VALUE}.")
  private String backend;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "" + SEED,
      description =
          "Of all random choices; another seed is another protocol. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--quick",
      description = "Sizes that take seconds, to see that it works: not the protocol's.")
  private boolean quick;

  @Spec private CommandSpec spec;

  /// Measures.
  ///
  /// @param report takes what was found
  protected abstract void measure(Report report);

  /// What the report is called in its first line.
  protected abstract String title();

  @Override
  public final Integer call() {
    String name = spec.name();
    Instant begin = Instant.now();
    Report report = new Report(title(), name);
    report.setting("date", begin.truncatedTo(ChronoUnit.SECONDS).toString());
    report.setting(
        "machine",
        "%s %s, %d cores, Java %s"
            .formatted(
                System.getProperty("os.name"),
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version()));
    report.setting("seed", String.valueOf(seed));
    if (quick) {
      report.setting("sizes", "quick: smaller than the protocol's, not a result");
    }
    try {
      measure(report);
    } catch (IllegalArgumentException e) {
      throw new ExperimentException(e.getMessage(), e);
    }
    report.setting(
        "duration",
        "%d s, other load not controlled"
            .formatted(Instant.now().getEpochSecond() - begin.getEpochSecond()));
    Path folder = reports == null ? models.resolve("reports") : reports;
    out().println("report: " + report.write(folder, quick ? name + "-quick" : name));
    out().flush();
    return 0;
  }

  /// Opens a model given by name, by folder, or as `NAME=FOLDER`.
  protected final Subject open(String given) {
    return Subject.open(models, given, kernels());
  }

  /// The folder of a model given by name or by folder.
  protected final Path models() {
    return models;
  }

  protected final Backend kernels() {
    return Backends.byName(backend);
  }

  protected final long seed() {
    return seed;
  }

  /// The protocol's size, or the quick one.
  protected final int size(int protocol, int small) {
    return quick ? small : protocol;
  }

  protected final boolean isQuick() {
    return quick;
  }

  /// Tells the terminal what is going on.
  protected final void note(String words) {
    out().println(words);
    out().flush();
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
