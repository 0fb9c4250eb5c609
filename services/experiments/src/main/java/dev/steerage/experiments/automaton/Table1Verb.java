package dev.steerage.experiments.automaton;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.Report;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonBound;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.CodePurity;
import dev.steerage.transformer.evaluation.Evaluation;
import dev.steerage.transformer.evaluation.Evaluator;
import dev.steerage.transformer.evaluation.SiteEvaluation;
import dev.steerage.transformer.evaluation.TransitionAccuracy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `experiment table1`.
@Command(
    name = "table1",
    mixinStandardHelpOptions = true,
    description = {
      "Loss, accuracy, state accuracy and purity of models of one automaton, side by side: the",
      "paper's table 1. Protocol: infra/models/reports/table1-protocol.md."
    })
public final class Table1Verb extends ExperimentVerb {
  private static final int WALKS = 2_048;
  private static final int SEQUENCES = 2_000;

  @Parameters(
      arity = "1..*",
      paramLabel = "MODEL",
      description = "Names, folders or NAME=FOLDER of models.")
  private List<String> given;

  @Override
  protected String title() {
    return "Table 1: models of an automaton";
  }

  @Override
  protected void measure(Report report) {
    int walks = size(WALKS, 8);
    int sequences = size(SEQUENCES, 8);
    report.setting("walks read, sequences written", walks + ", " + sequences);
    List<List<String>> rows = new ArrayList<>();
    List<List<String>> purities = new ArrayList<>();
    BarPlot plot = new BarPlot("legal share of the transitions written", List.of("state accuracy"));
    for (String name : given) {
      try (Subject subject = open(name)) {
        note(subject.name());
        AutomatonTokens tokens = subject.automaton();
        int length = isQuick() ? 32 : subject.model().config().maxPositions();
        if (rows.isEmpty()) {
          rows.add(bound(tokens, length));
        }
        subject.describe(report);
        Evaluation read = read(subject.model(), tokens, walks, length);
        TransitionAccuracy written =
            TransitionAccuracy.of(subject.model(), tokens, sequences, length, seed() + 1, _ -> {});
        Estimate legal = new Estimate(written.legal(), written.halfWidth(), sequences);
        rows.add(row(subject, read, written, legal));
        plot.group(subject.name(), List.of(legal));
        purities.addAll(purity(subject, tokens));
      }
    }
    report.heading("Loss and state accuracy");
    report.table(
        List.of(
            "model",
            "codebooks",
            "loss, nats",
            "accuracy",
            "state accuracy, 95 % interval",
            "first transition",
            "likeliest is legal",
            "legal edges written",
            "codes never used"),
        rows);
    report.plot("state accuracy", plot.svg());
    report.heading("Purity (BOS + state)");
    report.text(
        "Each input is read right after begin-of-text; a code is pure if exactly one input"
            + " activates it. This is not precision in running text: that is the detectors'"
            + " report.");
    report.table(
        List.of("model", "sites", "codes, states", "pure", "codes, states and a digit", "pure"),
        purities);
  }

  private Evaluation read(
      CodebookTransformer model, AutomatonTokens tokens, int walks, int length) {
    try (Evaluator evaluator = new Evaluator(model, length)) {
      tokens.walks(walks, length, seed()).forEach(evaluator::add);
      return evaluator.result();
    }
  }

  private static List<String> bound(AutomatonTokens tokens, int length) {
    AutomatonBound bound = AutomatonBound.of(tokens.automaton(), length - tokens.lead());
    int edges = 0;
    for (int state = 0; state < tokens.automaton().states(); state++) {
      edges += tokens.automaton().after(state).size();
    }
    return List.of(
        "best possible",
        "",
        number("%.4f", bound.loss()),
        percent(bound.accuracy()),
        "1.000",
        "100.00 %",
        "100.00 %",
        String.valueOf(edges),
        "");
  }

  private static List<String> row(
      Subject subject, Evaluation read, TransitionAccuracy written, Estimate legal) {
    long codes = 0;
    long used = 0;
    for (SiteEvaluation site : read.sites()) {
      codes += site.site().codes();
      used += site.usedCodes();
    }
    return List.of(
        subject.name(),
        Codebooks.text(subject.model().sites()),
        number("%.4f", read.loss()),
        percent(read.accuracy()),
        legal.toString(),
        percent(written.legalFirst()),
        percent(written.legalGreedy()),
        String.valueOf(written.edges()),
        codes == 0 ? "" : percent(1 - (double) used / codes));
  }

  private static List<List<String>> purity(Subject subject, AutomatonTokens tokens) {
    Map<String, long[]> counts = new LinkedHashMap<>();
    for (int extra = 0; extra <= 1; extra++) {
      for (CodePurity found : CodePurity.of(subject.model(), tokens, extra)) {
        CodebookSite site = found.site();
        String name = "L" + site.site().layer() + "." + site.site().component().label();
        long[] count = counts.computeIfAbsent(name, _ -> new long[4]);
        count[2 * extra] += found.usedCodes();
        count[2 * extra + 1] += found.pureCodes();
      }
    }
    List<List<String>> rows = new ArrayList<>();
    counts.forEach(
        (name, count) ->
            rows.add(
                List.of(
                    subject.name(),
                    name,
                    String.valueOf(count[0]),
                    percent((double) count[1] / Math.max(1, count[0])),
                    String.valueOf(count[2]),
                    percent((double) count[3] / Math.max(1, count[2])))));
    return rows;
  }

  private static String percent(double share) {
    return number("%.2f %%", 100 * share);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
