package dev.steerage.transformer.evaluation;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/// How near a model's next-token distribution comes to that of another state when that state's
/// codes are forced at the last position: Jensen-Shannon divergence, in nats, for sets of sites.
///
/// For every target b: its clean distribution and codes come from begin-of-text and b alone. Every
/// source a (after a prefix, where there is one) runs with those codes at its last position, at the
/// sites of the set and nowhere else. The divergences are summed over all a, divided by n - 1 (a =
/// b adds nothing) and averaged over b. Without forced codes the sources run without prefix.
/// Controls force, at the same sites, codes drawn uniformly, and the codes of a third input.
public final class StateDivergence {
  private final CodebookTransformer model;
  private final AutomatonTokens tokens;
  private final List<String> inputs;
  private final int prefix;
  private final int targets;
  private final SplittableRandom random;

  /// @param extra digits of the next state that an input holds behind a state: 0 or more
  /// @param prefix states walked backwards from a source; a uniform number of the first ones is
  ///   hidden
  /// @param targets how many of the inputs are targets, chosen evenly; all if there are fewer
  public StateDivergence(
      CodebookTransformer model,
      AutomatonTokens tokens,
      int extra,
      int prefix,
      int targets,
      long seed) {
    this.model = model;
    this.tokens = tokens;
    this.inputs = tokens.inputs(extra);
    this.prefix = prefix;
    this.targets = Math.min(targets, inputs.size());
    this.random = new SplittableRandom(seed);
    int longest = tokens.lead() + prefix * tokens.automaton().digits() + inputs.getFirst().length();
    if (targets < 1 || prefix < 0 || longest > model.config().maxPositions()) {
      throw new IllegalArgumentException(
          "targets=%d, prefix=%d, tokens=%d, limit=%d"
              .formatted(targets, prefix, longest, model.config().maxPositions()));
    }
  }

  /// Mean divergence for one set of sites.
  ///
  /// @param target with the target's codes; for `none`, of nothing forced
  /// @param randomCodes control with codes drawn uniformly
  /// @param otherState control with the codes of an input that is neither source nor target
  public record Outcome(SiteSet set, double target, double randomCodes, double otherState) {}

  /// All outcomes.
  ///
  /// @param inputs sources
  /// @param targets inputs that were targets
  /// @param outcomes `none` first
  public record Result(int inputs, int targets, List<Outcome> outcomes) {
    public Result {
      outcomes = List.copyOf(outcomes);
    }

    /// A divergence over that of `none`.
    public double normalised(double divergence) {
      return divergence / outcomes.getFirst().target();
    }
  }

  /// Measures.
  ///
  /// @param progress told how many targets are done
  public Result run(IntConsumer progress) {
    List<SiteSet> sets = SiteSet.of(model.sites());
    double[][] sums = new double[sets.size()][3];
    List<int[]> clean = inputs.stream().map(tokens::prompt).toList();
    double[][] wanted = new double[inputs.size()][];
    int[][] codes = new int[inputs.size()][];
    try (LastPositions last = new LastPositions(model, clean)) {
      last.run(Steering.NONE);
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = last.distribution(i).clone();
        codes[i] = last.codes(i).clone();
      }
    }
    try (LastPositions sources = new LastPositions(model, sources())) {
      for (int t = 0; t < targets; t++) {
        int target = (int) ((long) t * inputs.size() / targets);
        int other = other(target);
        sums[0][0] += mean(List.of(wanted), wanted[target]);
        for (int s = 1; s < sets.size(); s++) {
          List<Integer> sites = sets.get(s).sites();
          sums[s][0] += forced(sources, sites, codes[target], wanted[target]);
          sums[s][1] += forced(sources, sites, randomCodes(), wanted[target]);
          sums[s][2] += forced(sources, sites, codes[other], wanted[target]);
        }
        progress.accept(t + 1);
      }
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int s = 0; s < sets.size(); s++) {
      outcomes.add(
          new Outcome(
              sets.get(s), sums[s][0] / targets, sums[s][1] / targets, sums[s][2] / targets));
    }
    return new Result(inputs.size(), targets, outcomes);
  }

  private double forced(LastPositions sources, List<Integer> sites, int[] codes, double[] wanted) {
    sources.run(steering(sites, codes));
    List<double[]> distributions = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      distributions.add(sources.distribution(i));
    }
    return mean(distributions, wanted);
  }

  private static double mean(List<double[]> distributions, double[] wanted) {
    double sum = 0;
    for (double[] distribution : distributions) {
      sum += divergence(distribution, wanted);
    }
    return sum / (distributions.size() - 1);
  }

  /// Jensen-Shannon divergence in nats.
  public static double divergence(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      double m = (p[i] + q[i]) / 2;
      sum +=
          (p[i] > 0 ? p[i] * Math.log(p[i] / m) : 0) + (q[i] > 0 ? q[i] * Math.log(q[i] / m) : 0);
    }
    return sum / 2;
  }

  private Steering steering(List<Integer> sites, int[] codes) {
    Map<Integer, SiteSteering> all = new HashMap<>();
    int from = 0;
    for (CodebookSite site : model.sites()) {
      if (sites.contains(site.index())) {
        SiteSteering.Builder builder = SiteSteering.builder();
        for (int slot = 0; slot < site.activeCodes(); slot++) {
          builder.write(codes[from + slot], slot);
        }
        all.put(site.index(), builder.build());
      }
      from += site.activeCodes();
    }
    return Steering.of(all, model.sites().size());
  }

  private int[] randomCodes() {
    return model.sites().stream()
        .flatMapToInt(site -> random.ints(site.activeCodes(), 0, site.codes()))
        .toArray();
  }

  private int other(int target) {
    int other = random.nextInt(inputs.size() - 1);
    return other < target ? other : other + 1;
  }

  /// Each input after states that lead to it, where a prefix is wanted.
  private List<int[]> sources() {
    Automaton automaton = tokens.automaton();
    List<List<Integer>> before = new ArrayList<>();
    for (int state = 0; state < automaton.states(); state++) {
      before.add(new ArrayList<>());
    }
    for (int state = 0; state < automaton.states(); state++) {
      for (int next : automaton.after(state)) {
        before.get(next).add(state);
      }
    }
    List<int[]> sources = new ArrayList<>();
    for (String input : inputs) {
      List<Integer> walk = new ArrayList<>();
      int state = Integer.parseInt(input.substring(0, automaton.digits()));
      for (int step = 0; step < prefix && !before.get(state).isEmpty(); step++) {
        List<Integer> from = before.get(state);
        state = from.get(random.nextInt(from.size()));
        walk.add(state);
      }
      Collections.reverse(walk);
      int hidden = prefix == 0 ? 0 : Math.min(walk.size(), random.nextInt(prefix + 1));
      String text = automaton.text(walk.subList(hidden, walk.size()));
      sources.add(tokens.prompt(text + input));
    }
    return sources;
  }
}
