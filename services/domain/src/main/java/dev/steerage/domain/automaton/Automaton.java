package dev.steerage.domain.automaton;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// States that are written as decimal digits, and which state may follow which; every successor of
/// a state is equally probable.
///
/// @param digits of one state, leading zeros included
/// @param successors by state, ascending
public record Automaton(int digits, List<List<Integer>> successors) {
  private static final int MAX_DIGITS = 9;

  public Automaton {
    successors = successors.stream().map(List::copyOf).toList();
    if (digits < 1 || digits > MAX_DIGITS || successors.size() > Math.pow(10, digits)) {
      throw new IllegalArgumentException(
          "automaton: states=" + successors.size() + ", digits=" + digits);
    }
    for (List<Integer> next : successors) {
      for (int state : next) {
        if (state < 0 || state >= successors.size()) {
          throw new IllegalArgumentException(
              "automaton: successor=" + state + ", limit=" + (successors.size() - 1));
        }
      }
      if (next.isEmpty()) {
        throw new IllegalArgumentException("automaton: a state without successors");
      }
    }
  }

  /// The number of states.
  public int states() {
    return successors.size();
  }

  /// The states that may follow.
  public List<Integer> after(int state) {
    return successors.get(state);
  }

  /// Whether one state may follow another.
  public boolean allows(int from, int to) {
    return successors.get(from).contains(to);
  }

  /// A state as it is written.
  public String text(int state) {
    String number = Integer.toString(state);
    return "0".repeat(digits - number.length()) + number;
  }

  /// States as they are written, one after the other.
  public String text(List<Integer> states) {
    StringBuilder text = new StringBuilder();
    states.forEach(state -> text.append(text(state)));
    return text.toString();
  }

  /// Every beginning of a successor of this state, the empty one included: what may have been read
  /// when a next token is chosen.
  public Set<String> prefixesAfter(int state) {
    Set<String> prefixes = new TreeSet<>();
    for (int next : after(state)) {
      for (int length = 0; length < digits; length++) {
        prefixes.add(text(next).substring(0, length));
      }
    }
    return prefixes;
  }

  /// States in an order that the automaton allows, the first one given.
  public List<Integer> walk(int first, int length, RandomGenerator random) {
    List<Integer> states = new ArrayList<>();
    int state = first;
    for (int i = 0; i < length; i++) {
      states.add(state);
      state = after(state).get(random.nextInt(after(state).size()));
    }
    return states;
  }
}
