package dev.steerage.transformer.evaluation;

import dev.steerage.domain.automaton.Automaton;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// What no predictor can beat on the walks of an automaton whose first state is drawn uniformly,
/// computed exactly: the mean, over the digits of a walk, of the entropy of the next digit and of
/// the chance of the likeliest one.
///
/// @param loss nats per digit
/// @param accuracy share
public record AutomatonBound(double loss, double accuracy) {
  /// @param digits predicted, from the first of a walk on
  public static AutomatonBound of(Automaton automaton, int digits) {
    double[] states = new double[automaton.states()];
    Arrays.fill(states, 1.0 / states.length);
    double loss = 0;
    double accuracy = 0;
    boolean isFirst = true;
    int done = 0;
    while (done < digits) {
      int now = Math.min(automaton.digits(), digits - done);
      double[] next = new double[states.length];
      for (int state = 0; state < states.length; state++) {
        double[] successors = new double[states.length];
        if (isFirst) {
          Arrays.fill(successors, 1.0 / states.length);
        } else {
          double share = 1.0 / automaton.after(state).size();
          automaton.after(state).forEach(s -> successors[s] += share);
        }
        double[] digit = digits(automaton, successors, now);
        loss += states[state] * digit[0];
        accuracy += states[state] * digit[1];
        for (int s = 0; s < next.length; s++) {
          next[s] += states[state] * successors[s];
        }
      }
      states = next;
      isFirst = false;
      done += now;
    }
    return new AutomatonBound(loss / digits, accuracy / digits);
  }

  /// Expected entropy and chance of the likeliest, summed over the first digits of the next state.
  private static double[] digits(Automaton automaton, double[] successors, int count) {
    double[] sums = new double[2];
    for (int length = 0; length < count; length++) {
      Map<String, double[]> byPrefix = new HashMap<>();
      for (int s = 0; s < successors.length; s++) {
        String text = automaton.text(s);
        int at = length;
        byPrefix
                .computeIfAbsent(text.substring(0, at), _ -> new double[10])[
                text.charAt(at) - '0'] +=
            successors[s];
      }
      for (double[] chances : byPrefix.values()) {
        double all = sum(chances);
        double most = 0;
        for (double chance : chances) {
          sums[0] -= chance == 0 ? 0 : chance * Math.log(chance / all);
          most = Math.max(most, chance);
        }
        sums[1] += most;
      }
    }
    return sums;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
