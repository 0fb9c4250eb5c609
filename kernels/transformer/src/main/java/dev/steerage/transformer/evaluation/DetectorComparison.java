package dev.steerage.transformer.evaluation;

import dev.steerage.transformer.CodebookTransformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// Codes as detectors of states beside neurons and linear probes, at several least recalls. All
/// three are chosen on one half of the text and scored on the other; for each state, neuron and
/// probe are held at the recall that the code had where it was chosen.
///
/// @param leastRecall that a code must have where it is chosen
/// @param states by which the other lists are ordered: those that had such a code
/// @param codes on the other half
/// @param neurons the most precise MLP neuron of all layers
/// @param probes the most precise layer's linear probe on its MLP neurons
public record DetectorComparison(
    double leastRecall,
    List<Integer> states,
    List<Score> codes,
    List<Score> neurons,
    List<Score> probes) {
  public DetectorComparison {
    states = List.copyOf(states);
    codes = List.copyOf(codes);
    neurons = List.copyOf(neurons);
    probes = List.copyOf(probes);
  }

  /// On text on which nothing was chosen.
  public record Score(double precision, double recall) {}

  /// Measures on walks.
  ///
  /// @param walks per half
  /// @param progress told how many walks were read
  public static List<DetectorComparison> of(
      CodebookTransformer model,
      AutomatonTokens tokens,
      int walks,
      int length,
      double[] leastRecalls,
      long seed,
      IntConsumer progress) {
    int states = tokens.automaton().states();
    int inner = model.config().inner();
    List<LinearProbe> probes = new ArrayList<>();
    List<List<Pick>> picks =
        pick(
            DetectorText.read(model, tokens, tokens.walks(walks, length, seed), progress),
            states,
            inner,
            leastRecalls,
            probes);
    // The first half is not kept: neurons at every position take most of the memory.
    DetectorText scored =
        DetectorText.read(
            model,
            tokens,
            tokens.walks(walks, length, seed + 1),
            done -> progress.accept(walks + done));
    List<DetectorComparison> comparisons = new ArrayList<>();
    for (int i = 0; i < leastRecalls.length; i++) {
      comparisons.add(score(scored, leastRecalls[i], picks.get(i), probes));
    }
    return comparisons;
  }

  /// @param neuron and the threshold above which it counts as firing
  /// @param probe by layer, and its threshold
  private record Pick(
      int state, int code, int neuron, double neuronAt, int probe, double probeAt) {}

  private static List<List<Pick>> pick(
      DetectorText text, int states, int inner, double[] leastRecalls, List<LinearProbe> probes) {
    for (int from = 0; from < text.neurons(); from += inner) {
      probes.add(LinearProbe.fit(text, from, inner, states));
    }
    List<List<Pick>> picks =
        Arrays.stream(leastRecalls).mapToObj(_ -> (List<Pick>) new ArrayList<Pick>()).toList();
    for (int state = 0; state < states; state++) {
      float[][] scores = new float[probes.size()][];
      for (int layer = 0; layer < scores.length; layer++) {
        scores[layer] = probes.get(layer).scores(text, state);
      }
      for (int i = 0; i < leastRecalls.length; i++) {
        int code = text.bestCode(state, leastRecalls[i]);
        if (code >= 0) {
          picks.get(i).add(pick(text, state, code, scores));
        }
      }
    }
    return picks;
  }

  private static Pick pick(DetectorText text, int state, int code, float[][] scores) {
    double recall = text.recall(code, state);
    int neuron = text.bestNeuron(state, recall);
    int best = 0;
    double bestAt = 0;
    double most = -1;
    for (int layer = 0; layer < scores.length; layer++) {
      double at = text.threshold(scores[layer], state, recall);
      double precision = text.precision(scores[layer], state, at);
      if (precision > most) {
        most = precision;
        best = layer;
        bestAt = at;
      }
    }
    return new Pick(state, code, neuron, text.threshold(neuron, state, recall), best, bestAt);
  }

  private static DetectorComparison score(
      DetectorText text, double leastRecall, List<Pick> picks, List<LinearProbe> probes) {
    List<Integer> states = new ArrayList<>();
    List<Score> codes = new ArrayList<>();
    List<Score> neurons = new ArrayList<>();
    List<Score> fromProbes = new ArrayList<>();
    for (Pick pick : picks) {
      int state = pick.state();
      if (text.occurrences(state) == 0) {
        continue;
      }
      states.add(state);
      codes.add(new Score(text.precision(pick.code(), state), text.recall(pick.code(), state)));
      neurons.add(
          new Score(
              text.neuronPrecision(pick.neuron(), state, pick.neuronAt()),
              text.neuronRecall(pick.neuron(), state, pick.neuronAt())));
      float[] scores = probes.get(pick.probe()).scores(text, state);
      fromProbes.add(
          new Score(
              text.precision(scores, state, pick.probeAt()),
              text.recall(scores, state, pick.probeAt())));
    }
    return new DetectorComparison(leastRecall, states, codes, neurons, fromProbes);
  }
}
