package dev.steerage.experiments.variants;

import dev.steerage.experiments.ExperimentException;
import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Report;
import dev.steerage.trainer.data.Documents;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `experiment variants`.
@Command(
    name = "variants",
    mixinStandardHelpOptions = true,
    description = {
      "Kinds of codebooks, trained side by side at one site of a model: how many codes are used,",
      "how alike groups speak, what it costs in loss and time.",
      "Protocol: infra/models/reports/variants-protocol.md."
    })
public final class VariantsVerb extends ExperimentVerb {
  private static final int LENGTH = 256;
  private static final int STEPS = 400;
  private static final int SEQUENCES = 8;
  private static final int TOKENS_PER_CODE = 20;
  private static final int LEAST_TOKENS = 100_000;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "stories",
      description = "Folder or name of the model; read without its own codebooks.")
  private String given;

  @Option(
      names = "--text",
      required = true,
      paramLabel = "FILE",
      description = "Codes are trained on every second document, and measured on the others.")
  private Path text;

  @Option(
      names = "--runs",
      required = true,
      paramLabel = "FOLDER",
      description = "An empty folder for the runs.")
  private Path runs;

  @Option(
      names = "--codes",
      split = ",",
      paramLabel = "N",
      description = "Codes per codebook. Default: 1000,10000,65000.")
  private List<Integer> sizes = List.of(1_000, 10_000, 65_000);

  @Option(
      names = "--layer",
      defaultValue = "2",
      paramLabel = "N",
      description = "Layer whose MLP output gets the codes. Default: ${DEFAULT-VALUE}.")
  private int layer;

  @Override
  protected String title() {
    return "Kinds of codebooks at one site";
  }

  @Override
  protected void measure(Report report) {
    int length = size(LENGTH, 32);
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot = new BarPlot("share", List.of("distinct / C", "exp(entropy) / C"));
    try (Subject subject = open(given)) {
      subject.describe(report);
      report.setting("site", "L" + layer + ".mlp, one code active");
      report.setting("training", size(STEPS, 2) + " steps of " + SEQUENCES + " x " + length);
      List<String> documents = Documents.read(List.of(text));
      Path train = write("train.txt", documents, 0);
      Path valid = write("valid.txt", documents.subList(0, Math.min(40, documents.size())), 0);
      CodebookTransformer dense = subject.model().withoutCodebooks();
      for (int codes : isQuick() ? List.of(16) : sizes) {
        long wanted = isQuick() ? 512 : Math.max(LEAST_TOKENS, (long) TOKENS_PER_CODE * codes);
        List<int[]> held = windows(dense.tokenizer(), documents, length, wanted);
        rows.add(row("no codes", codes, CodeUse.of(dense, held), 0, 0));
        int start = Math.max(4, codes / length + codes / length / 4);
        VariantRun.Training training =
            new VariantRun.Training(
                layer, length, size(STEPS, 2), size(SEQUENCES, 2), start, seed());
        VariantRun run = new VariantRun(subject.folder(), train, valid, runs, kernels(), training);
        for (Kind kind : Kind.values()) {
          note(kind.words() + ", " + codes + " codes");
          rows.add(measured(run, kind, codes, held, plot));
        }
      }
    }
    report.table(
        List.of(
            "codebook",
            "codes, C",
            "held-out tokens",
            "distinct / C",
            "exp(entropy) / C",
            "redundancy between groups",
            "loss, nats",
            "training, s",
            "reading, s"),
        rows);
    report.plot("use of codes", plot.svg());
  }

  private List<String> measured(
      VariantRun run, Kind kind, int codes, List<int[]> held, BarPlot plot) {
    long begin = System.nanoTime();
    Path folder = run.run(kind, codes);
    double trained = seconds(begin);
    try (Subject made = open(kind.name() + "=" + folder)) {
      long reading = System.nanoTime();
      CodeUse use = CodeUse.of(made.model(), held);
      plot.bars(kind.words() + ", " + codes, use.distinct(), use.perplexity());
      return row(kind.words(), codes, use, trained, seconds(reading));
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  private static List<String> row(
      String words, int codes, CodeUse use, double trained, double reading) {
    boolean hasCodes = trained > 0;
    return List.of(
        words,
        String.valueOf(codes),
        String.valueOf(use.tokens()),
        hasCodes ? number("%.4f", use.distinct()) : "",
        hasCodes ? number("%.4f", use.perplexity()) : "",
        Double.isFinite(use.redundancy()) && hasCodes ? number("%.4f", use.redundancy()) : "",
        number("%.4f", use.loss()),
        hasCodes ? number("%.1f", trained) : "",
        hasCodes ? number("%.1f", reading) : "");
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /// Every second document, beginning with the given one.
  private Path write(String name, List<String> documents, int first) {
    StringBuilder all = new StringBuilder();
    for (int i = first; i < documents.size(); i += 2) {
      all.append(documents.get(i)).append('\n').append(Documents.SEPARATOR).append('\n');
    }
    try {
      Files.createDirectories(runs);
      return Files.writeString(runs.resolve(name), all);
    } catch (IOException e) {
      throw new ExperimentException("runs=" + runs + " cannot be written: " + e, e);
    }
  }

  private static List<int[]> windows(
      Tokenizer tokenizer, List<String> documents, int length, long most) {
    List<int[]> windows = new ArrayList<>();
    int[] open = new int[length];
    int filled = 0;
    for (int i = 1; i < documents.size() && (long) windows.size() * length < most; i += 2) {
      for (int token : tokenizer.encodePrompt(documents.get(i))) {
        open[filled++] = token;
        if (filled == length) {
          windows.add(Arrays.copyOf(open, length));
          filled = 0;
        }
      }
    }
    if ((long) windows.size() * length < most) {
      throw new IllegalArgumentException(
          "text: held-out tokens=" + windows.size() * length + ", needed=" + most);
    }
    return windows;
  }
}
