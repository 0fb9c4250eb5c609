package dev.steerage.transformer.analysis;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which heads take part in what distinguishes some prompts, from code ids alone, after *Sparse
/// Autoencoders Enable Scalable and Reliable Circuit Identification in Language Models* (O'Neill
/// and Bui 2024): a head that writes codes on positive prompts that it never writes on negative
/// ones. A pair of heads counts by the pairs of codes that fire at the same position of a positive
/// prompt and of no negative one.
///
/// @param heads every site, the most special first
/// @param pairs of sites, the most special first
public record CircuitRanking(List<Head> heads, List<Pair> pairs) {
  private static final Comparator<Head> ORDER =
      Comparator.comparingDouble(Head::score).reversed().thenComparingInt(Head::site);
  private static final Comparator<Pair> PAIR_ORDER =
      Comparator.comparingDouble(Pair::score)
          .reversed()
          .thenComparingInt(Pair::from)
          .thenComparingInt(Pair::to);

  public CircuitRanking {
    heads = List.copyOf(heads);
    pairs = List.copyOf(pairs);
  }

  /// A site.
  ///
  /// @param special codes that fired on positive prompts only
  /// @param distinct codes that fired at all
  /// @param most positive prompts on which a single one of the special codes fired
  public record Head(int site, int special, int distinct, int most) {
    /// Share of its codes that are special.
    public double score() {
      return distinct == 0 ? 0 : (double) special / distinct;
    }
  }

  /// Two sites; `from` comes first in the model.
  ///
  /// @param special pairs of codes that fired together on positive prompts only
  /// @param distinct pairs that fired together at all
  public record Pair(int from, int to, int special, int distinct) {
    /// Share of its pairs of codes that are special.
    public double score() {
      return distinct == 0 ? 0 : (double) special / distinct;
    }
  }

  /// Ranks the sites of a model, but not their pairs, which take much longer.
  public static List<Head> heads(
      CodeSpace space,
      List<PromptCodes> positive,
      List<PromptCodes> negative,
      PromptCodes.Scope scope,
      int least) {
    return new Counter(space, scope, least).heads(positive, negative);
  }

  /// Ranks the sites of a model.
  ///
  /// @param least positive prompts on which a code has to fire to count as special
  public static CircuitRanking of(
      CodeSpace space,
      List<PromptCodes> positive,
      List<PromptCodes> negative,
      PromptCodes.Scope scope,
      int least) {
    if (positive.isEmpty() || negative.isEmpty()) {
      throw new IllegalArgumentException(
          "prompts: positive=" + positive.size() + ", negative=" + negative.size());
    }
    var counter = new Counter(space, scope, least);
    return new CircuitRanking(counter.heads(positive, negative), counter.pairs(positive, negative));
  }

  private record Counter(CodeSpace space, PromptCodes.Scope scope, int least) {
    private List<Head> heads(List<PromptCodes> positive, List<PromptCodes> negative) {
      int[] prompts = new int[space.size()];
      boolean[] isSpoiled = new boolean[space.size()];
      for (PromptCodes prompt : positive) {
        for (int code : prompt.distinct(scope)) {
          prompts[code]++;
        }
      }
      for (PromptCodes prompt : negative) {
        for (int code : prompt.distinct(scope)) {
          isSpoiled[code] = true;
        }
      }
      List<Head> heads = new ArrayList<>();
      for (int site = 0; site < space.sites().size(); site++) {
        int special = 0;
        int most = 0;
        int distinct = 0;
        for (int code = space.first()[site]; code < space.first()[site + 1]; code++) {
          distinct += prompts[code] > 0 || isSpoiled[code] ? 1 : 0;
          if (prompts[code] >= least && !isSpoiled[code]) {
            special++;
            most = Math.max(most, prompts[code]);
          }
        }
        heads.add(new Head(site, special, distinct, most));
      }
      heads.sort(ORDER);
      return heads;
    }

    private List<Pair> pairs(List<PromptCodes> positive, List<PromptCodes> negative) {
      List<Pair> pairs = new ArrayList<>();
      // One pair of sites after the other: the sets of all of them together would not fit.
      for (int from = 0; from < space.sites().size(); from++) {
        for (int to = from + 1; to < space.sites().size(); to++) {
          Set<Long> spoiled = together(negative, from, to);
          Set<Long> special = new HashSet<>();
          Set<Long> all = new HashSet<>(spoiled);
          Map<Long, Integer> prompts = new HashMap<>();
          for (PromptCodes prompt : positive) {
            for (long pair : together(List.of(prompt), from, to)) {
              all.add(pair);
              if (!spoiled.contains(pair) && prompts.merge(pair, 1, Integer::sum) >= least) {
                special.add(pair);
              }
            }
          }
          if (!special.isEmpty()) {
            pairs.add(new Pair(from, to, special.size(), all.size()));
          }
        }
      }
      pairs.sort(PAIR_ORDER);
      return pairs;
    }

    private Set<Long> together(List<PromptCodes> prompts, int from, int to) {
      Set<Long> found = new HashSet<>();
      for (PromptCodes prompt : prompts) {
        for (int[] codes : prompt.at(scope)) {
          for (int left : codes) {
            if (isAt(from, left)) {
              for (int right : codes) {
                if (isAt(to, right)) {
                  found.add((long) left << 32 | right);
                }
              }
            }
          }
        }
      }
      return found;
    }

    private boolean isAt(int site, int code) {
      return code >= space.first()[site] && code < space.first()[site + 1];
    }
  }
}
