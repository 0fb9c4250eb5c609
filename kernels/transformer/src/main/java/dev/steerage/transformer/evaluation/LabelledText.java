package dev.steerage.transformer.evaluation;

import java.util.ArrayList;
import java.util.List;

/// Token sequences in which something ends at some positions: what detectors are to find.
///
/// @param sequences begin-of-text included, where there is one
/// @param labels for every position of the sequences what ends there, from 0; -1 for nothing
/// @param kinds number of different labels
public record LabelledText(List<int[]> sequences, List<int[]> labels, int kinds) {
  public LabelledText {
    sequences = List.copyOf(sequences);
    labels = List.copyOf(labels);
    for (int i = 0; i < sequences.size(); i++) {
      if (sequences.get(i).length != labels.get(i).length) {
        throw new IllegalArgumentException(
            "sequence %d: tokens=%d, labels=%d"
                .formatted(i, sequences.get(i).length, labels.get(i).length));
      }
    }
  }

  /// Walks of an automaton; a label is the state whose last digit is at a position.
  static LabelledText of(AutomatonTokens tokens, List<int[]> walks) {
    int digits = tokens.automaton().digits();
    List<int[]> labels = new ArrayList<>();
    for (int[] walk : walks) {
      int[] states = new int[walk.length];
      int state = 0;
      for (int i = 0; i < walk.length; i++) {
        int read = i - tokens.lead() + 1;
        boolean begins = digits == 1 || read % digits == 1;
        state = read <= 0 ? 0 : 10 * (begins ? 0 : state) + tokens.digit(walk[i]);
        states[i] = read > 0 && read % digits == 0 ? state : -1;
      }
      labels.add(states);
    }
    return new LabelledText(walks, labels, tokens.automaton().states());
  }

  /// Tokens of all sequences.
  int positions() {
    return sequences.stream().mapToInt(sequence -> sequence.length).sum();
  }

  int longest() {
    return sequences.stream().mapToInt(sequence -> sequence.length).max().orElse(0);
  }
}
