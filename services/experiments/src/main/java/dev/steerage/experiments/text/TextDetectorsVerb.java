package dev.steerage.experiments.text;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.codes.DetectorTable;
import dev.steerage.experiments.report.Report;
import dev.steerage.trainer.run.ModelDigest;
import dev.steerage.transformer.evaluation.DetectorComparison;
import dev.steerage.transformer.evaluation.DetectorComparison.Score;
import dev.steerage.transformer.evaluation.LabelledText;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `experiment text-detectors`.
@Command(
    name = "text-detectors",
    mixinStandardHelpOptions = true,
    description = {
      "How precisely single codes tell patterns of text that were fixed beforehand, beside the",
      "best neuron and a linear probe, all chosen on one text and scored on another.",
      "Protocol: infra/models/reports/text-detectors-protocol.md. Needs a heap of 3 GB."
    })
public final class TextDetectorsVerb extends ExperimentVerb {
  private static final int TOKENS = 100_000;
  private static final int LEAST_MATCHES = 10;
  private static final double[] LEAST_RECALLS = {0.01, 0.1, 0.3, 0.5};
  private static final int PROGRESS = 100;

  @Parameters(paramLabel = "MODEL", description = "Name or folder of the model.")
  private String given;

  @Option(
      names = "--choose",
      required = true,
      paramLabel = "FILE",
      description = "Text on which codes, neurons and probes are chosen.")
  private Path choose;

  @Option(
      names = "--score",
      required = true,
      paramLabel = "FILE",
      description = "Text on which they are scored.")
  private Path score;

  @Override
  protected String title() {
    return "Codes as detectors of patterns in text";
  }

  @Override
  protected void measure(Report report) {
    int tokens = size(TOKENS, 1_500);
    int least = size(LEAST_MATCHES, 1);
    try (Subject subject = open(given)) {
      subject.describe(report);
      report.setting("weights", "`" + ModelDigest.of(subject.folder()) + "`");
      report.setting("tokens of each text", String.format(Locale.ROOT, "%,d", tokens));
      Map<String, Pattern> patterns = TextPatterns.all();
      List<String> left = leaveOut(subject, patterns, tokens, least);
      report.setting("patterns", patterns.size() + " of " + TextPatterns.all().size());
      report.setting("fewer than " + least + " matches", String.join(", ", left));
      LabelledText chosenOn = read(subject, choose, tokens, patterns);
      LabelledText scoredOn = read(subject, score, tokens, patterns);
      List<DetectorComparison> found =
          DetectorComparison.of(subject.model(), chosenOn, scoredOn, LEAST_RECALLS, this::progress);
      DetectorTable.write(report, "pattern", patterns.size(), found);
      for (DetectorComparison at : found) {
        patterns(report, List.copyOf(patterns.keySet()), PatternText.counts(scoredOn), at);
      }
    }
  }

  private void progress(int windows) {
    if (windows % PROGRESS == 0) {
      note(windows + " windows read");
    }
  }

  private LabelledText read(Subject subject, Path text, int tokens, Map<String, Pattern> patterns) {
    int window = isQuick() ? 64 : subject.model().config().maxPositions();
    return PatternText.of(
        subject.model().tokenizer(), text, window, tokens, List.copyOf(patterns.values()));
  }

  /// Removes the patterns that are too rare on either text.
  private List<String> leaveOut(
      Subject subject, Map<String, Pattern> patterns, int tokens, int least) {
    int[] first = PatternText.counts(read(subject, choose, tokens, patterns));
    int[] second = PatternText.counts(read(subject, score, tokens, patterns));
    List<String> names = List.copyOf(patterns.keySet());
    List<String> left = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (Math.min(first[i], second[i]) < least) {
        left.add(names.get(i));
        patterns.remove(names.get(i));
      }
    }
    return left;
  }

  private static void patterns(
      Report report, List<String> names, int[] counts, DetectorComparison at) {
    report.heading(String.format(Locale.ROOT, "Least recall %.2f", at.leastRecall()));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < at.labels().size(); i++) {
      int label = at.labels().get(i);
      rows.add(
          List.of(
              names.get(label),
              String.valueOf(counts[label]),
              text(at.codes().get(i)),
              text(at.neurons().get(i)),
              text(at.probes().get(i))));
    }
    report.table(
        List.of("pattern", "matches", "code: precision, recall", "neuron", "linear probe"), rows);
  }

  private static String text(Score score) {
    return String.format(Locale.ROOT, "%.3f, %.3f", score.precision(), score.recall());
  }
}
