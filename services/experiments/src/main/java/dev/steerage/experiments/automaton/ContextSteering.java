package dev.steerage.experiments.automaton;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.evaluation.SiteSet;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Steering in running context: behind walks that end in a source state, the codes of a target
/// state are put at the source's last digit, and those of the target and the digit read at the next
/// position. Measured is the probability mass on the target's successors, exactly.
final class ContextSteering {
  static final int CONTEXT = 10;

  private static final int WALK = 60;
  private static final int NOTHING_READ = -1;

  /// Whose codes are put where.
  private enum Codes {
    TARGET("target's codes, both steps"),
    TARGET_ONCE("target's codes, last digit only"),
    RANDOM("random codes, both steps"),
    OTHER("another state's codes, both steps");

    private final String words;

    Codes(String words) {
      this.words = words;
    }
  }

  /// @param source last state of the context
  /// @param other neither source nor target
  private record Pair(int[] context, int source, int target, int other) {}

  /// The mass under one way of steering.
  record Outcome(String codes, String sites, Estimate mass) {}

  /// @param missing steps of the targets that the walks never showed
  record Result(List<Outcome> outcomes, int missing) {}

  private final CodebookTransformer model;
  private final AutomatonTokens tokens;
  private final StepCodes found;
  private final List<Pair> pairs;
  private final SplittableRandom random;

  ContextSteering(
      CodebookTransformer model, AutomatonTokens tokens, int walks, int pairs, long seed) {
    if (tokens.automaton().digits() != 2) {
      throw new IllegalArgumentException(
          "automaton: digits=" + tokens.automaton().digits() + ", expected 2");
    }
    SplittableRandom root = new SplittableRandom(seed);
    this.model = model;
    this.tokens = tokens;
    int length =
        Math.min(model.config().maxPositions(), tokens.lead() + WALK * tokens.automaton().digits());
    found = StepCodes.find(model, tokens, tokens.walks(walks, length, root.nextLong()));
    this.pairs = draw(pairs, root.split());
    random = root.split();
  }

  private List<Pair> draw(int count, SplittableRandom draws) {
    Automaton automaton = tokens.automaton();
    List<Pair> drawn = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> walk = automaton.walk(draws.nextInt(automaton.states()), CONTEXT, draws);
      int source = walk.getLast();
      int target = other(draws, automaton.states(), source, source);
      int other = other(draws, automaton.states(), source, target);
      drawn.add(new Pair(tokens.prompt(automaton.text(walk)), source, target, other));
    }
    return drawn;
  }

  private static int other(SplittableRandom draws, int states, int one, int two) {
    int drawn = draws.nextInt(states);
    while (drawn == one || drawn == two) {
      drawn = draws.nextInt(states);
    }
    return drawn;
  }

  Result run() {
    List<Outcome> outcomes = new ArrayList<>();
    try (ContextRows rows = new ContextRows(model, pairs.stream().map(Pair::context).toList())) {
      outcomes.add(new Outcome("nothing", "none", mass(rows, (_, _) -> Steering.NONE)));
      for (SiteSet set : SiteSet.of(model.sites())) {
        if (!set.name().startsWith("all")) {
          continue;
        }
        for (Codes codes : Codes.values()) {
          Estimate mass = mass(rows, (pair, read) -> steering(set, codes, pair, read));
          outcomes.add(new Outcome(codes.words, set.name(), mass));
        }
      }
    }
    int missing = 0;
    for (int state : pairs.stream().mapToInt(Pair::target).distinct().toArray()) {
      for (String prefix : tokens.automaton().prefixesAfter(state)) {
        missing += found.at(state, prefix.isEmpty() ? NOTHING_READ : digit(prefix)) == null ? 1 : 0;
      }
    }
    return new Result(outcomes, missing);
  }

  /// What is done at a step of a pair.
  private interface Plan {
    /// @param read first digit of the next state, or none yet
    Steering at(Pair pair, int read);
  }

  private Estimate mass(ContextRows rows, Plan plan) {
    double[] mass = new double[pairs.size()];
    rows.last(i -> plan.at(pairs.get(i), NOTHING_READ));
    double[][] first = rows.distributions();
    for (int digit = 0; digit < 10; digit++) {
      int read = digit;
      List<Integer> which = new ArrayList<>();
      for (int i = 0; i < pairs.size(); i++) {
        if (hasSuccessor(pairs.get(i).target(), digit)) {
          which.add(i);
        }
      }
      int token = tokens.digits()[digit];
      double[][] second = rows.next(which, token, i -> plan.at(pairs.get(i), read));
      for (int n = 0; n < which.size(); n++) {
        int i = which.get(n);
        for (int next : tokens.automaton().after(pairs.get(i).target())) {
          if (next / 10 == digit) {
            mass[i] += first[i][token] * second[n][tokens.digits()[next % 10]];
          }
        }
      }
    }
    return Estimate.of(mass);
  }

  private boolean hasSuccessor(int state, int digit) {
    return tokens.automaton().after(state).stream().anyMatch(next -> next / 10 == digit);
  }

  private static int digit(String prefix) {
    return prefix.charAt(0) - '0';
  }

  private Steering steering(SiteSet set, Codes codes, Pair pair, int read) {
    int[][] ids =
        switch (codes) {
          case TARGET -> found.at(pair.target(), read);
          case TARGET_ONCE -> read == NOTHING_READ ? found.at(pair.target(), read) : null;
          case OTHER -> found.at(pair.other(), read);
          case RANDOM -> randomCodes();
        };
    if (ids == null) {
      return Steering.NONE;
    }
    Map<Integer, SiteSteering> all = new HashMap<>();
    for (int site : set.sites()) {
      SiteSteering.Builder builder = SiteSteering.builder();
      for (int slot = 0; slot < ids[site].length; slot++) {
        builder.write(ids[site][slot], slot);
      }
      all.put(site, builder.build());
    }
    return Steering.of(all, model.sites().size());
  }

  private int[][] randomCodes() {
    int[][] ids = new int[model.sites().size()][];
    for (CodebookSite site : model.sites()) {
      ids[site.index()] = random.ints(site.activeCodes(), 0, site.codes()).toArray();
    }
    return ids;
  }
}
