package dev.steerage.experiments.text;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.Report;
import dev.steerage.trainer.run.RunMetrics;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.Evaluation;
import dev.steerage.transformer.evaluation.Evaluator;
import dev.steerage.transformer.evaluation.SiteEvaluation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `experiment table2`.
@Command(
    name = "table2",
    mixinStandardHelpOptions = true,
    description = {
      "Loss, accuracy, bits per byte and what codebooks lose, for models of text side by side: the",
      "paper's table 2. Protocol: infra/models/reports/table2-protocol.md."
    })
public final class Table2Verb extends ExperimentVerb {
  private static final int TOKENS = 200_000;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = "Names, folders or NAME=FOLDER of models.")
  private List<String> given;

  @Option(
      names = "--text",
      required = true,
      paramLabel = "NAME=FILE",
      description = "Texts that no model was trained on; a line <|endoftext|> ends a document.")
  private Map<String, Path> texts;

  @Override
  protected String title() {
    return "Table 2: models of text";
  }

  @Override
  protected void measure(Report report) {
    int tokens = size(TOKENS, 512);
    report.setting("tokens read of each text, at most", String.valueOf(tokens));
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot = new BarPlot("bits per byte", new ArrayList<>(texts.keySet()));
    for (String name : given) {
      try (Subject subject = open(name)) {
        note(subject.name());
        subject.describe(report);
        rows(subject, "", subject.model(), tokens, rows, plot);
        if (!subject.model().sites().isEmpty()) {
          rows(subject, ", codebooks off", subject.model().withoutCodebooks(), tokens, rows, plot);
        }
      }
    }
    report.table(
        List.of(
            "model",
            "tokens seen",
            "text",
            "loss, nats",
            "accuracy",
            "bits per byte",
            "reconstruction error",
            "relative",
            "codes never used"),
        rows);
    report.text(
        "Reconstruction error: squared distance between a codebook's output and its"
            + " layer-normalised input, summed over the width, mean over tokens and sites;"
            + " relative: over the squared norm of that input. A row with codebooks off is the"
            + " finetuned model read without them, not the dense model it came from.");
    report.plot("bits per byte", plot.svg());
  }

  private void rows(
      Subject subject,
      String suffix,
      CodebookTransformer model,
      int tokens,
      List<List<String>> rows,
      BarPlot plot) {
    List<Estimate> bars = new ArrayList<>();
    int window = isQuick() ? 64 : model.config().maxPositions();
    for (Map.Entry<String, Path> text : texts.entrySet()) {
      TextWindows read = TextWindows.of(model.tokenizer(), text.getValue(), window, tokens);
      try (Evaluator evaluator = new Evaluator(model, window)) {
        read.windows().forEach(evaluator::add);
        Evaluation found = evaluator.result();
        double bits = found.loss() * found.tokens() / Math.log(2) / read.bytes();
        bars.add(new Estimate(bits, 0, 1));
        var seen = RunMetrics.tokensSeen(subject.folder());
        boolean isDense = found.sites().isEmpty();
        rows.add(
            List.of(
                subject.name() + suffix,
                seen.isPresent() ? String.format(Locale.ROOT, "%,d", seen.getAsLong()) : "",
                text.getKey(),
                number("%.4f", found.loss()),
                number("%.2f %%", 100 * found.accuracy()),
                number("%.4f", bits),
                isDense ? "" : number("%.3f", mean(found, SiteEvaluation::error)),
                isDense ? "" : number("%.3f", mean(found, SiteEvaluation::relativeError)),
                isDense ? "" : number("%.2f %%", 100 * mean(found, SiteEvaluation::deadShare))));
      }
    }
    plot.group(subject.name() + suffix, bars);
  }

  private static double mean(Evaluation found, ToDoubleFunction<SiteEvaluation> of) {
    return found.sites().stream().mapToDouble(of).average().orElse(0);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
