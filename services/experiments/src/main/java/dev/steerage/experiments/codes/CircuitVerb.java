package dev.steerage.experiments.codes;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.codebook.Component;
import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.Report;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.analysis.CircuitRanking;
import dev.steerage.transformer.analysis.CodeSpace;
import dev.steerage.transformer.analysis.PromptCodes;
import dev.steerage.transformer.analysis.PromptCodes.Scope;
import dev.steerage.transformer.analysis.RocCurve;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.LastPositions;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `experiment circuit`.
@Command(
    name = "circuit",
    mixinStandardHelpOptions = true,
    description = {
      "How well the ranking of heads from code ids alone finds planted heads, and heads whose",
      "ablation changes what a model writes, beside random labels.",
      "Protocol: infra/models/reports/circuit-protocol.md."
    })
public final class CircuitVerb extends ExperimentVerb {
  private static final int PROMPTS = 8;
  private static final int WORLDS = 100;
  private static final int CONTEXT_STATES = 10;
  private static final int LEAST = 2;
  private static final int SHUFFLES = 200;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "tokfsm",
      description = "Name or folder of a model of an automaton. Default: ${DEFAULT-VALUE}.")
  private String given;

  private final List<List<String>> rows = new ArrayList<>();
  private final BarPlot plot =
      new BarPlot("area under the ROC curve", List.of("ranking", "random labels"));

  @Override
  protected String title() {
    return "Heads ranked from code ids alone";
  }

  @Override
  protected void measure(Report report) {
    try (Subject subject = open(given)) {
      subject.describe(report);
      report.setting("prompts of each kind", String.valueOf(PROMPTS));
      report.setting("positive prompts a code has to fire on", String.valueOf(LEAST));
      planted(size(WORLDS, 5));
      AutomatonTokens tokens = subject.automaton();
      int states = size(tokens.automaton().states(), 4);
      automaton(subject.model(), tokens, states);
    }
    report.table(
        List.of("circuit", "heads", "area under the ROC curve", "random labels", "95 % of them"),
        rows);
    report.text(
        "Share: special codes over all codes of the head. Most: positive prompts on which a single"
            + " special code fires. Mean over planted circuits, or over states, with its 95 %"
            + " interval. Random labels: the same scores, as many heads drawn at random. Ablation:"
            + " the head's codes are replaced by nothing at the last position of the positive"
            + " prompts; its effect is the mean divergence (Jensen-Shannon) of the next token's"
            + " distribution. The heads of the largest quarter of effects are the circuit.");
    report.plot("area under the ROC curve", plot.svg());
  }

  private void planted(int worlds) {
    SplittableRandom random = new SplittableRandom(seed());
    for (PlantedCircuit.Writing writing : PlantedCircuit.Writing.values()) {
      List<double[]> shares = new ArrayList<>();
      List<double[]> most = new ArrayList<>();
      List<boolean[]> labels = new ArrayList<>();
      for (int i = 0; i < worlds; i++) {
        PlantedCircuit world = PlantedCircuit.of(PROMPTS, writing, random);
        List<CircuitRanking.Head> heads =
            CircuitRanking.heads(
                world.space(), world.positive(), world.negative(), Scope.ANY, LEAST);
        shares.add(scores(heads, CircuitRanking.Head::score));
        most.add(scores(heads, CircuitRanking.Head::most));
        labels.add(world.isPlanted());
      }
      String name = "planted, " + writing.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      add(name + ", share", shares, labels);
      add(name + ", most", most, labels);
    }
  }

  private static double[] scores(
      List<CircuitRanking.Head> heads, ToDoubleFunction<CircuitRanking.Head> of) {
    double[] scores = new double[heads.size()];
    heads.forEach(head -> scores[head.site()] = of.applyAsDouble(head));
    return scores;
  }

  private void automaton(CodebookTransformer model, AutomatonTokens tokens, int states) {
    SplittableRandom random = new SplittableRandom(seed());
    CodeSpace space = CodeSpace.of(model);
    List<double[]> last = new ArrayList<>();
    List<double[]> lastMost = new ArrayList<>();
    List<double[]> any = new ArrayList<>();
    List<double[]> effects = new ArrayList<>();
    for (int state = 0; state < states; state++) {
      int wanted = state;
      List<int[]> positive = prompts(tokens, random, at -> at == wanted);
      List<int[]> negative = prompts(tokens, random, at -> at != wanted);
      List<PromptCodes> with = PromptCodes.read(model, positive, Scope.ANY, false, _ -> {});
      List<PromptCodes> without = PromptCodes.read(model, negative, Scope.ANY, false, _ -> {});
      List<CircuitRanking.Head> heads =
          CircuitRanking.heads(space, with, without, Scope.LAST, LEAST);
      last.add(scores(heads, CircuitRanking.Head::score));
      lastMost.add(scores(heads, CircuitRanking.Head::most));
      any.add(
          scores(
              CircuitRanking.heads(space, with, without, Scope.ANY, LEAST),
              CircuitRanking.Head::score));
      effects.add(effects(model, positive));
    }
    boolean[] isAttention = new boolean[space.sites().size()];
    for (CodebookSite site : model.sites()) {
      isAttention[site.index()] = site.site().component() == Component.ATTN;
    }
    boolean[] everything = new boolean[isAttention.length];
    Arrays.fill(everything, true);
    add("states, last position, all sites", last, largest(effects, everything), everything);
    add(
        "states, last position, all sites, most",
        lastMost,
        largest(effects, everything),
        everything);
    add("states, any position, all sites", any, largest(effects, everything), everything);
    add("states, last position, attention", last, largest(effects, isAttention), isAttention);
  }

  /// Walks that end in a state, cut there.
  private static List<int[]> prompts(
      AutomatonTokens tokens, SplittableRandom random, Predicate<Integer> isWanted) {
    Automaton automaton = tokens.automaton();
    List<int[]> prompts = new ArrayList<>();
    while (prompts.size() < PROMPTS) {
      List<Integer> walk =
          automaton.walk(random.nextInt(automaton.states()), CONTEXT_STATES, random);
      if (isWanted.test(walk.getLast())) {
        prompts.add(tokens.prompt(automaton.text(walk)));
      }
    }
    return prompts;
  }

  private static double[] effects(CodebookTransformer model, List<int[]> prompts) {
    double[] effects = new double[model.sites().size()];
    try (LastPositions last = new LastPositions(model, prompts)) {
      last.run(Steering.NONE);
      double[][] plain = new double[prompts.size()][];
      for (int i = 0; i < plain.length; i++) {
        plain[i] = last.distribution(i).clone();
      }
      for (CodebookSite site : model.sites()) {
        SiteSteering nothing =
            SiteSteering.builder().write(SlotWrite.BLOCKED, SlotWrite.ALL_SLOTS).build();
        last.run(Steering.of(Map.of(site.index(), nothing), model.sites().size()));
        for (int i = 0; i < plain.length; i++) {
          effects[site.index()] += divergence(plain[i], last.distribution(i)) / plain.length;
        }
      }
    }
    return effects;
  }

  private static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double middle = (p[i] + q[i]) / 2;
      sum += p[i] == 0 ? 0 : p[i] * Math.log(p[i] / middle) / 2;
      sum += q[i] == 0 ? 0 : q[i] * Math.log(q[i] / middle) / 2;
    }
    return sum;
  }

  /// The sites of the largest quarter of effects among those that count.
  private static List<boolean[]> largest(List<double[]> effects, boolean[] counts) {
    List<boolean[]> labels = new ArrayList<>();
    for (double[] each : effects) {
      double[] sorted = only(each, counts);
      Arrays.sort(sorted);
      double threshold = sorted[sorted.length - Math.max(1, sorted.length / 4)];
      boolean[] isLarge = new boolean[each.length];
      for (int i = 0; i < each.length; i++) {
        isLarge[i] = counts[i] && each[i] >= threshold;
      }
      labels.add(isLarge);
    }
    return labels;
  }

  private static double[] only(double[] values, boolean[] counts) {
    List<Double> kept = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (counts[i]) {
        kept.add(values[i]);
      }
    }
    return kept.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void add(String name, List<double[]> scores, List<boolean[]> labels) {
    boolean[] everything = new boolean[scores.getFirst().length];
    Arrays.fill(everything, true);
    add(name, scores, labels, everything);
  }

  private void add(String name, List<double[]> scores, List<boolean[]> labels, boolean[] counts) {
    double[] areas = new double[scores.size()];
    double[] random = new double[SHUFFLES];
    int heads = 0;
    for (int i = 0; i < areas.length; i++) {
      double[] of = only(scores.get(i), counts);
      boolean[] isLabelled = new boolean[of.length];
      heads = of.length;
      int next = 0;
      for (int site = 0; site < counts.length; site++) {
        if (counts[site]) {
          isLabelled[next++] = labels.get(i)[site];
        }
      }
      areas[i] = RocCurve.area(of, isLabelled);
      SplittableRandom own = new SplittableRandom(seed() + i);
      for (int shuffle = 0; shuffle < SHUFFLES; shuffle++) {
        random[shuffle] += RocCurve.shuffled(of, isLabelled, 1, own.nextLong())[0] / areas.length;
      }
    }
    Arrays.sort(random);
    Estimate area = Estimate.of(areas);
    Estimate chance = Estimate.of(random);
    rows.add(
        List.of(
            name,
            String.valueOf(heads),
            area.toString(),
            String.format(Locale.ROOT, "%.3f", chance.mean()),
            String.format(
                Locale.ROOT,
                "%.3f to %.3f",
                random[(int) (0.025 * SHUFFLES)],
                random[(int) (0.975 * SHUFFLES)])));
    plot.group(name, List.of(area, chance));
  }
}
