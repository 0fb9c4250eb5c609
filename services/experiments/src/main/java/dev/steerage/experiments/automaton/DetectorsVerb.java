package dev.steerage.experiments.automaton;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.codes.DetectorTable;
import dev.steerage.experiments.report.Report;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.DetectorComparison;
import java.util.List;
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
      DetectorTable.write(report, "state", tokens.automaton().states(), found);
    }
  }
}
