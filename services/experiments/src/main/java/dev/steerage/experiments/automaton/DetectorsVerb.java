package dev.steerage.experiments.automaton;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.Report;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.DetectorComparison;
import dev.steerage.transformer.evaluation.DetectorComparison.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `experiment detectors`.
@Command(
    name = "detectors",
    mixinStandardHelpOptions = true,
    description = {
      "How precisely single codes tell the states of an automaton, beside the best neuron and a",
      "linear probe, all chosen on one half of the text and scored on the other.",
      "Protocol: infra/models/reports/detectors-protocol.md."
    })
public final class DetectorsVerb extends ExperimentVerb {
  private static final int WALKS = 200;
  private static final double[] LEAST_RECALLS = {0.01, 0.1, 0.3, 0.5};

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "tokfsm",
      description = "Name or folder of the model. Default: ${DEFAULT-VALUE}.")
  private String given;

  @Override
  protected String title() {
    return "Codes as detectors of states";
  }

  @Override
  protected void measure(Report report) {
    int walks = size(WALKS, 4);
    try (Subject subject = open(given)) {
      subject.describe(report);
      report.setting("codebooks", Codebooks.text(subject.model().sites()));
      report.setting("walks of each half", String.valueOf(walks));
      AutomatonTokens tokens = subject.automaton();
      List<DetectorComparison> found =
          DetectorComparison.of(
              subject.model(),
              tokens,
              walks,
              isQuick() ? 64 : subject.model().config().maxPositions(),
              LEAST_RECALLS,
              seed(),
              _ -> {});
      report(report, tokens.automaton().states(), found);
    }
  }

  private static void report(Report report, int states, List<DetectorComparison> found) {
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot =
        new BarPlot("precision on the other half", List.of("code", "neuron", "linear probe"));
    for (DetectorComparison at : found) {
      String least = String.format(Locale.ROOT, "%.2f", at.leastRecall());
      Estimate codes = mean(at.codes(), Score::precision);
      Estimate neurons = mean(at.neurons(), Score::precision);
      Estimate probes = mean(at.probes(), Score::precision);
      rows.add(
          List.of(
              least,
              at.states().size() + " of " + states,
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
            "states with a code",
            "precision of codes",
            "of neurons",
            "of probes",
            "code - neuron",
            "code - probe",
            "recalls"),
        rows);
    report.text(
        "Means over the states that have a code at that recall, 95 % intervals over those states;"
            + " differences are paired by state. Neuron and probe are held at the recall that the"
            + " state's code had where it was chosen.");
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
