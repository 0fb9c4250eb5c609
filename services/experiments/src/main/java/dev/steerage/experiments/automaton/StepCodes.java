package dev.steerage.experiments.automaton;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.AutomatonTokens;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Which codes fired most often at each step of walks: at the last digit of a state, and at the
/// first digit behind it.
final class StepCodes {
  private final Map<Integer, int[][]> byStep; // [site][slot]

  private StepCodes(Map<Integer, int[][]> byStep) {
    this.byStep = byStep;
  }

  /// @param walks of states of two digits
  static StepCodes find(CodebookTransformer model, AutomatonTokens tokens, List<int[]> walks) {
    List<CodebookSite> sites = model.sites();
    Map<Integer, List<Map<Integer, Integer>>> counts = new HashMap<>();
    int length = walks.getFirst().length;
    int pages = length / ForwardPass.pageSize() + 1;
    int[] table = IntStream.range(0, pages).toArray();
    try (ForwardPass pass =
        new ForwardPass(model.weights(), model.team(), length, 1, pages, table)) {
      for (int[] walk : walks) {
        pass.clear();
        for (int i = 0; i < walk.length; i++) {
          pass.add(walk[i], i, 0, Steering.NONE, false);
        }
        pass.run();
        for (int row = tokens.lead() + 1; row < walk.length; row++) {
          List<Map<Integer, Integer>> count =
              counts.computeIfAbsent(
                  step(tokens, walk, row),
                  _ -> sites.stream().map(_ -> (Map<Integer, Integer>) newCount()).toList());
          for (CodebookSite site : sites) {
            for (int slot = 0; slot < site.activeCodes(); slot++) {
              count.get(site.index()).merge(pass.natural(row, site.index(), slot), 1, Integer::sum);
            }
          }
        }
      }
    }
    Map<Integer, int[][]> byStep = new HashMap<>();
    counts.forEach((step, count) -> byStep.put(step, most(sites, count)));
    return new StepCodes(byStep);
  }

  private static HashMap<Integer, Integer> newCount() {
    return new HashMap<>();
  }

  private static int step(AutomatonTokens tokens, int[] walk, int row) {
    int digits = row - tokens.lead() + 1;
    boolean isLast = digits % 2 == 0;
    int at = isLast ? row - 1 : row - 2;
    int state = 10 * digit(tokens, walk[at]) + digit(tokens, walk[at + 1]);
    return key(state, isLast ? -1 : digit(tokens, walk[row]));
  }

  private static int digit(AutomatonTokens tokens, int token) {
    for (int digit = 0; digit < 10; digit++) {
      if (tokens.digits()[digit] == token) {
        return digit;
      }
    }
    throw new IllegalArgumentException("token=" + token + " is no digit");
  }

  private static int key(int state, int read) {
    return 11 * state + read + 1;
  }

  private static int[][] most(List<CodebookSite> sites, List<Map<Integer, Integer>> count) {
    int[][] codes = new int[sites.size()][];
    for (CodebookSite site : sites) {
      codes[site.index()] =
          count.get(site.index()).entrySet().stream()
              .sorted(
                  Comparator.comparingInt((Map.Entry<Integer, Integer> code) -> -code.getValue())
                      .thenComparingInt(Map.Entry::getKey))
              .limit(site.activeCodes())
              .mapToInt(Map.Entry::getKey)
              .toArray();
    }
    return codes;
  }

  /// The codes of a step by site and slot; null if it was never seen.
  ///
  /// @param read first digit of the next state; -1 at the state's own last digit
  int[][] at(int state, int read) {
    return byStep.get(key(state, read));
  }
}
