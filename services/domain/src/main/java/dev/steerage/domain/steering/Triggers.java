package dev.steerage.domain.steering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Which rules of a program can act, by what they wait for. A rule is in exactly one of them.
final class Triggers {
  private static final int[] NOBODY = {};

  /// Rules that wait for nothing, by first position; one list for the prompt, one for generation.
  private final int[] prompt;

  private final int[] generation;
  private final int[] tokens;
  private final int[][] rulesOfToken;
  private final int[][] rulesOfPattern;
  private final int[][] rulesOfWatch;
  private final int[] reachOfWatch;

  // By watch: outside of these positions all its rules rest.
  private final int[] wakes;
  private final int[] rests;

  /// Watches by the positions at which the first of their rules wakes.
  private final int[] byWaking;

  // By rule: outside of these positions it rests. Side by side, as most rules that are looked at
  // for what they wait for rest.
  private final int[] from;
  private final int[] to;

  Triggers(CompiledRule[] rules, int patterns, int watches) {
    List<Integer> inPrompt = new ArrayList<>();
    List<Integer> inGeneration = new ArrayList<>();
    TreeMap<Integer, List<Integer>> byToken = new TreeMap<>();
    List<List<Integer>> byPattern = lists(patterns);
    List<List<Integer>> byWatch = lists(watches);
    reachOfWatch = new int[watches];
    from = Arrays.stream(rules).mapToInt(rule -> rule.trigger.from()).toArray();
    to = Arrays.stream(rules).mapToInt(rule -> rule.trigger.to()).toArray();
    for (int i = 0; i < rules.length; i++) {
      Trigger trigger = rules[i].trigger;
      switch (trigger.cause()) {
        case Check.AfterSequence(int[] sequence) ->
            byToken.computeIfAbsent(sequence[sequence.length - 1], _ -> new ArrayList<>()).add(i);
        case Check.AfterToken(int[] any) -> {
          for (int token : any) {
            byToken.computeIfAbsent(token, _ -> new ArrayList<>()).add(i);
          }
        }
        case Check.AfterText(int pattern) -> byPattern.get(pattern).add(i);
        case Check.Counted(int watch, int over, int _) -> {
          byWatch.get(watch).add(i);
          reachOfWatch[watch] = Math.max(reachOfWatch[watch], over);
        }
        case null, default -> {
          if (trigger.inPrompt()) {
            inPrompt.add(i);
          }
          if (trigger.inGeneration()) {
            inGeneration.add(i);
          }
        }
      }
    }
    prompt = byStart(inPrompt, rules);
    generation = byStart(inGeneration, rules);
    tokens = byToken.keySet().stream().mapToInt(Integer::intValue).toArray();
    rulesOfToken = arrays(List.copyOf(byToken.values()));
    rulesOfPattern = arrays(byPattern);
    rulesOfWatch = arrays(byWatch);
    wakes = new int[watches];
    rests = new int[watches];
    for (int watch = 0; watch < watches; watch++) {
      int[] own = rulesOfWatch[watch];
      wakes[watch] = Arrays.stream(own).map(rule -> from[rule]).min().orElse(Integer.MAX_VALUE);
      rests[watch] = Arrays.stream(own).map(rule -> to[rule]).max().orElse(0);
    }
    byWaking =
        IntStream.range(0, watches)
            .boxed()
            .sorted(Comparator.comparingInt(watch -> wakes[watch]))
            .mapToInt(Integer::intValue)
            .toArray();
  }

  private static List<List<Integer>> lists(int size) {
    List<List<Integer>> lists = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }

  private static int[][] arrays(List<List<Integer>> lists) {
    return lists.stream()
        .map(list -> list.stream().distinct().mapToInt(Integer::intValue).toArray())
        .toArray(int[][]::new);
  }

  private static int[] byStart(List<Integer> indexes, CompiledRule[] rules) {
    return indexes.stream()
        .sorted(Comparator.comparingInt(i -> rules[i].trigger.from()))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /// Rules that must be asked at every position from their first one on; for the caller to keep.
  int[] untriggered(boolean isGeneration) {
    return (isGeneration ? generation : prompt).clone();
  }

  /// Whether a rule can act at a position.
  boolean isAwake(int rule, int position) {
    return from[rule] <= position && position < to[rule];
  }

  /// Whether a rule of a watch can act at a position.
  boolean isWatchAwake(int watch, int position) {
    return wakes[watch] <= position && position < rests[watch];
  }

  /// The watch whose rules wake as the `i`th, and after it; -1: none wakes up to a position.
  int waking(int i, int position) {
    return i < byWaking.length && wakes[byWaking[i]] <= position ? byWaking[i] : -1;
  }

  int[] ofToken(int token) {
    int found = Arrays.binarySearch(tokens, token);
    return found < 0 ? NOBODY : rulesOfToken[found];
  }

  int[] ofPattern(int pattern) {
    return rulesOfPattern[pattern];
  }

  int[] ofWatch(int watch) {
    return rulesOfWatch[watch];
  }

  /// For how many positions after a code fired its rules can act.
  int reachOfWatch(int watch) {
    return reachOfWatch[watch];
  }
}
