package dev.steerage.experiments.codes;

import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.Report;
import dev.steerage.transformer.evaluation.DetectorComparison;
import dev.steerage.transformer.evaluation.DetectorComparison.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// What codes, neurons and linear probes do as detectors, as a table and a plot.
public final class DetectorTable {
  private DetectorTable() {}

  /// Adds both to a report.
  ///
  /// @param thing that is detected, in the singular
  /// @param all things that there are
  public static void write(
      Report report, String thing, int all, List<DetectorComparison> comparisons) {
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot =
        new BarPlot("precision on the other half", List.of("code", "neuron", "linear probe"));
    for (DetectorComparison at : comparisons) {
      String least = String.format(Locale.ROOT, "%.2f", at.leastRecall());
      Estimate codes = mean(at.codes(), Score::precision);
      Estimate neurons = mean(at.neurons(), Score::precision);
      Estimate probes = mean(at.probes(), Score::precision);
      rows.add(
          List.of(
              least,
              at.labels().size() + " of " + all,
              codes.toString(),
              neurons.toString(),
              probes.toString(),
              difference(at.codes(), at.neurons()).toString(),
              difference(at.codes(), at.probes()).toString(),
              recall(at.codes()) + ", " + recall(at.neurons()) + ", " + recall(at.probes())));
      plot.group("recall " + least, List.of(codes, neurons, probes));
    }
    report.table(
        List.of(
            "least recall",
            thing + "s with a code",
            "precision of codes",
            "of neurons",
            "of probes",
            "code - neuron",
            "code - probe",
            "recalls"),
        rows);
    report.text(
        "Means over the %ss that have a code at that recall, 95 %% intervals over those %ss; differences are paired by %s. Neuron and probe are held at the recall that the %s's code had where it was chosen."
            .formatted(thing, thing, thing, thing));
    report.plot("precision at several least recalls", plot.svg());
  }

  private static Estimate mean(List<Score> scores, ToDoubleFunction<Score> of) {
    return Estimate.of(scores.stream().mapToDouble(of).toArray());
  }

  private static Estimate difference(List<Score> one, List<Score> two) {
    double[] differences = new double[one.size()];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = one.get(i).precision() - two.get(i).precision();
    }
    return Estimate.of(differences);
  }

  private static String recall(List<Score> scores) {
    return String.format(Locale.ROOT, "%.3f", mean(scores, Score::recall).mean());
  }
}
