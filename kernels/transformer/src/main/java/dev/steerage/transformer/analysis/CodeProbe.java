package dev.steerage.transformer.analysis;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// Which few codes tell prompts with a property from prompts without: a prompt counts as recognised
/// if any of k codes fires in it. Codes are chosen one after the other, each the one that raises F1
/// most, on one half of the prompts, and scored on the other. Beside it the same with neurons of
/// the MLPs, each with the threshold that gives it the best F1 on the first half.
///
/// After *Finding Neurons in a Haystack* (Gurnee et al. 2023); codes are on or off, so the union
/// takes the place of a linear classifier.
///
/// @param codes one entry for k = 1, 2, …; fewer where no code raised F1 any more
/// @param neurons the same
/// @param chosenPrompts on which features were chosen
/// @param scoredPrompts on which they were scored
public record CodeProbe(
    List<Step> codes, List<Step> neurons, int chosenPrompts, int scoredPrompts) {
  public CodeProbe {
    codes = List.copyOf(codes);
    neurons = List.copyOf(neurons);
  }

  /// A set of k features.
  ///
  /// @param features codes by number or neurons, in the order in which they were chosen
  public record Step(List<Integer> features, Score chosen, Score scored) {}

  /// @param hits prompts that have the property and are recognised
  /// @param recognised prompts
  /// @param positive prompts that have the property
  public record Score(int hits, int recognised, int positive) {
    public double precision() {
      return recognised == 0 ? 0 : (double) hits / recognised;
    }

    public double recall() {
      return positive == 0 ? 0 : (double) hits / positive;
    }

    public double f1() {
      return recognised + positive == 0 ? 0 : 2.0 * hits / (recognised + positive);
    }
  }

  /// Probes.
  ///
  /// @param prompts of both kinds; at least two of each
  /// @param isPositive which of them have the property
  /// @param most largest k
  /// @param seed of the split into halves, each with half of the positive prompts
  public static CodeProbe of(
      List<PromptCodes> prompts,
      boolean[] isPositive,
      PromptCodes.Scope scope,
      int most,
      long seed) {
    BitSet positive = new BitSet();
    for (int i = 0; i < isPositive.length; i++) {
      positive.set(i, isPositive[i]);
    }
    int negative = prompts.size() - positive.cardinality();
    if (positive.cardinality() < 2 || negative < 2) {
      throw new IllegalArgumentException(
          "prompts: positive="
              + positive.cardinality()
              + ", negative="
              + negative
              + ", expected at least 2 of each");
    }
    BitSet chosen = half(prompts.size(), positive, new SplittableRandom(seed));
    var union = new Union(positive, chosen, prompts.size(), most);
    return new CodeProbe(
        union.grow(codes(prompts, scope)),
        union.grow(neurons(prompts, union)),
        chosen.cardinality(),
        prompts.size() - chosen.cardinality());
  }

  private static BitSet half(int prompts, BitSet positive, SplittableRandom random) {
    BitSet half = new BitSet();
    for (boolean wanted : new boolean[] {true, false}) {
      int[] part = new int[prompts];
      int count = 0;
      for (int i = 0; i < prompts; i++) {
        if (positive.get(i) == wanted) {
          part[count++] = i;
        }
      }
      for (int i = 0; i < count / 2; i++) {
        int other = i + random.nextInt(count - i);
        int taken = part[other];
        part[other] = part[i];
        half.set(taken);
      }
    }
    return half;
  }

  private static Map<Integer, BitSet> codes(List<PromptCodes> prompts, PromptCodes.Scope scope) {
    Map<Integer, BitSet> fires = new HashMap<>();
    for (int i = 0; i < prompts.size(); i++) {
      for (int code : prompts.get(i).distinct(scope)) {
        fires.computeIfAbsent(code, _ -> new BitSet()).set(i);
      }
    }
    return new TreeMap<>(fires);
  }

  private static Map<Integer, BitSet> neurons(List<PromptCodes> prompts, Union union) {
    Map<Integer, BitSet> fires = new TreeMap<>();
    int count = prompts.getFirst().neurons().length;
    float[] activity = new float[prompts.size()];
    for (int neuron = 0; neuron < count; neuron++) {
      for (int i = 0; i < activity.length; i++) {
        activity[i] = prompts.get(i).neurons()[neuron];
      }
      float threshold = union.bestThreshold(activity);
      BitSet above = new BitSet();
      for (int i = 0; i < activity.length; i++) {
        above.set(i, activity[i] >= threshold);
      }
      fires.put(neuron, above);
    }
    return fires;
  }

  /// Grows a union of features.
  private record Union(BitSet positive, BitSet chosen, int prompts, int most) {
    private Score score(BitSet recognised, boolean isChosen) {
      BitSet part = (BitSet) chosen.clone();
      if (!isChosen) {
        part.flip(0, prompts);
      }
      BitSet here = and(recognised, part);
      return new Score(
          and(here, positive).cardinality(), here.cardinality(), and(positive, part).cardinality());
    }

    private static BitSet and(BitSet left, BitSet right) {
      BitSet both = (BitSet) left.clone();
      both.and(right);
      return both;
    }

    private List<Step> grow(Map<Integer, BitSet> features) {
      List<Step> steps = new ArrayList<>();
      List<Integer> taken = new ArrayList<>();
      BitSet recognised = new BitSet();
      double reached = 0;
      while (taken.size() < most) {
        int best = -1;
        for (Map.Entry<Integer, BitSet> feature : features.entrySet()) {
          BitSet with = (BitSet) recognised.clone();
          with.or(feature.getValue());
          double f1 = score(with, true).f1();
          // The lowest number wins a tie: features come in ascending order.
          if (f1 > reached) {
            reached = f1;
            best = feature.getKey();
          }
        }
        if (best < 0) {
          break;
        }
        taken.add(best);
        recognised.or(features.get(best));
        steps.add(new Step(List.copyOf(taken), score(recognised, true), score(recognised, false)));
      }
      return steps;
    }

    /// The activity from which on a prompt counts as recognised, for the best F1 where features are
    /// chosen.
    private float bestThreshold(float[] activity) {
      int[] order =
          chosen.stream()
              .boxed()
              .sorted((a, b) -> Float.compare(activity[b], activity[a]))
              .mapToInt(Integer::intValue)
              .toArray();
      int all = and(positive, chosen).cardinality();
      int hits = 0;
      double best = -1;
      float threshold = Float.POSITIVE_INFINITY;
      for (int i = 0; i < order.length; i++) {
        hits += positive.get(order[i]) ? 1 : 0;
        boolean isLastOfEqual =
            i + 1 == order.length || activity[order[i + 1]] < activity[order[i]];
        double f1 = new Score(hits, i + 1, all).f1();
        if (isLastOfEqual && f1 > best) {
          best = f1;
          threshold = activity[order[i]];
        }
      }
      return threshold;
    }
  }

  /// The step with exactly k features, or with as many as there are.
  public static Step at(List<Step> steps, int k) {
    return steps.get(Math.min(k, steps.size()) - 1);
  }
}
