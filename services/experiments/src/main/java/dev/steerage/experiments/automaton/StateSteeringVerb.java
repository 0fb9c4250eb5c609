package dev.steerage.experiments.automaton;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.Report;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.SiteSet;
import dev.steerage.transformer.evaluation.StateDivergence;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `experiment state-steering`.
@Command(
    name = "state-steering",
    mixinStandardHelpOptions = true,
    description = {
      "How near a state's codes bring the next digit to that state's, for sets of sites beside",
      "controls; and steering in running context, two steps.",
      "Protocol: infra/models/reports/state-steering-protocol.md."
    })
public final class StateSteeringVerb extends ExperimentVerb {
  private static final int TARGETS = 100;
  private static final int TARGETS_WITH_DIGIT = 50;
  private static final int PREFIX = 10;
  private static final int PAIRS = 500;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "tokfsm",
      description = "Name or folder of the model. Default: ${DEFAULT-VALUE}.")
  private String given;

  @Override
  protected String title() {
    return "Steering states of an automaton";
  }

  @Override
  protected void measure(Report report) {
    try (Subject subject = open(given)) {
      subject.describe(report);
      report.setting("codebooks", Codebooks.text(subject.model().sites()));
      AutomatonTokens tokens = subject.automaton();
      divergence(report, subject, tokens, 0, 0, size(TARGETS, 1));
      divergence(report, subject, tokens, 0, PREFIX, size(TARGETS, 1));
      divergence(report, subject, tokens, 1, 0, size(TARGETS_WITH_DIGIT, 1));
      inContext(report, subject, tokens);
    }
  }

  private void divergence(
      Report report, Subject subject, AutomatonTokens tokens, int digits, int prefix, int targets) {
    String what =
        (digits == 0 ? "states" : "states and a digit of the next")
            + (prefix == 0 ? "" : " after up to " + prefix + " states");
    note("divergence: " + what);
    StateDivergence.Result result =
        new StateDivergence(subject.model(), tokens, digits, prefix, targets, seed()).run(_ -> {});
    report.heading("Next digit: " + what);
    report.text(
        ("Jensen-Shannon divergence in nats between the next digit's distribution and that of the"
                + " target, its codes forced at the last position; %d sources, %d targets. Over"
                + " that of nothing forced, lower is nearer.")
            .formatted(result.inputs(), result.targets()));
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot =
        new BarPlot(
            "divergence over that of nothing forced",
            List.of("target's codes", "another state's", "random codes"));
    for (StateDivergence.Outcome outcome : result.outcomes()) {
      SiteSet set = outcome.set();
      boolean isNone = set.sites().isEmpty();
      double target = result.normalised(outcome.target());
      double random = result.normalised(outcome.randomCodes());
      double other = result.normalised(outcome.otherState());
      rows.add(
          List.of(
              set.name(),
              String.valueOf(set.sites().size()),
              number("%.5f", outcome.target()),
              number("%.4f", target),
              isNone ? "" : number("%.4f", random),
              isNone ? "" : number("%.4f", other)));
      if (!isNone) {
        plot.bars(set.name(), target, other, random);
      }
    }
    report.table(
        List.of(
            "codes forced at", "sites", "nats", "normalised", "random codes", "another state's"),
        rows);
    report.plot(what, plot.svg());
  }

  private void inContext(Report report, Subject subject, AutomatonTokens tokens) {
    note("two steps in context");
    int pairs = size(PAIRS, 6);
    int walks = size(120, 12);
    ContextSteering.Result result =
        new ContextSteering(subject.model(), tokens, walks, pairs, seed()).run();
    report.heading("In running context, two steps");
    report.text(
        ("Mass on the target's successors after a context of %d states; %d random pairs. Codes"
                + " found on %d walks; %d steps of the targets were never seen there and stay"
                + " unsteered. Intervals over pairs.")
            .formatted(ContextSteering.CONTEXT, pairs, walks, result.missing()));
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot = new BarPlot("mass on the target's successors", List.of("mass"));
    for (ContextSteering.Outcome outcome : result.outcomes()) {
      Estimate mass = outcome.mass();
      rows.add(List.of(outcome.codes(), outcome.sites(), mass.toString()));
      plot.group(outcome.sites() + ": " + outcome.codes(), List.of(mass));
    }
    report.table(List.of("codes", "sites", "mass, 95 % interval"), rows);
    report.plot("mass on the target's successors", plot.svg());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
