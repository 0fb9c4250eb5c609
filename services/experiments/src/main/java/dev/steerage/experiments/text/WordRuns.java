package dev.steerage.experiments.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the longest run of words of one text that another text has as well: the suffix automaton
/// of the first, which the second is read through. For one thread.
final class WordRuns {
  private final Map<String, Integer> numbers = new HashMap<>();
  private final String[] words;
  private final List<Map<Integer, Integer>> next = new ArrayList<>();
  private final int[] link;
  private final int[] length;
  private String[] found = {};

  /// @param words of the text whose runs are looked for
  WordRuns(String[] words) {
    this.words = words.clone();
    link = new int[2 * words.length + 2];
    length = new int[2 * words.length + 2];
    next.add(new HashMap<>());
    link[0] = -1;
    int last = 0;
    for (String word : words) {
      last = append(last, numbers.computeIfAbsent(word, _ -> numbers.size()));
    }
  }

  private int append(int last, int word) {
    int state = state(length[last] + 1, new HashMap<>());
    int from = last;
    while (from >= 0 && !next.get(from).containsKey(word)) {
      next.get(from).put(word, state);
      from = link[from];
    }
    if (from < 0) {
      link[state] = 0;
      return state;
    }
    int to = next.get(from).get(word);
    if (length[to] == length[from] + 1) {
      link[state] = to;
      return state;
    }
    int copy = state(length[from] + 1, new HashMap<>(next.get(to)));
    link[copy] = link[to];
    while (from >= 0 && next.get(from).getOrDefault(word, -1) == to) {
      next.get(from).put(word, copy);
      from = link[from];
    }
    link[to] = copy;
    link[state] = copy;
    return state;
  }

  private int state(int longestOfState, Map<Integer, Integer> ways) {
    next.add(ways);
    length[next.size() - 1] = longestOfState;
    return next.size() - 1;
  }

  /// Reads one document; runs do not go on in the next.
  void read(String[] document) {
    int state = 0;
    int run = 0;
    for (int i = 0; i < document.length; i++) {
      Integer word = numbers.get(document[i]);
      while (state > 0 && (word == null || !next.get(state).containsKey(word))) {
        state = link[state];
        run = length[state];
      }
      if (word == null || !next.get(state).containsKey(word)) {
        continue;
      }
      state = next.get(state).get(word);
      run++;
      if (run > found.length) {
        found = Arrays.copyOfRange(document, i + 1 - run, i + 1);
      }
    }
  }

  /// Words of the longest run so far.
  int longest() {
    return found.length;
  }

  int words() {
    return words.length;
  }

  /// The longest run so far.
  String text() {
    return String.join(" ", found);
  }
}
