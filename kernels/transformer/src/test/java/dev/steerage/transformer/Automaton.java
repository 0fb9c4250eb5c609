package dev.steerage.transformer;

import java.nio.file.Path;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/// The automaton that the shipped TokFSM model was trained on.
final class Automaton {
  private static final int BOS = 10;

  private final int[][] successors;

  Automaton(Path file) {
    JsonNode states = TestModels.json(file).get("successors");
    successors = new int[states.size()][];
    for (int state = 0; state < successors.length; state++) {
      successors[state] = TestModels.ints(states.get(state));
    }
  }

  /// BOS and the digits of a random walk from a random state.
  int[] walk(SplittableRandom random, int tokens) {
    int[] walk = new int[tokens];
    walk[0] = BOS;
    int state = random.nextInt(successors.length);
    for (int i = 1; i < tokens; i++) {
      walk[i] = i % 2 == 1 ? state / 10 : state % 10;
      if (i % 2 == 0) {
        state = successors[state][random.nextInt(successors[state].length)];
      }
    }
    return walk;
  }
}
