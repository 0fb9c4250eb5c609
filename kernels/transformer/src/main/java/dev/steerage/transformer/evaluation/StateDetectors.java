package dev.steerage.transformer.evaluation;

import dev.steerage.transformer.CodebookTransformer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;

/// How well single codes, and single neurons, tell which state was just written: for each state the
/// code with the highest precision on one half of the text, scored on the other half; beside it the
/// MLP neuron that is most precise at the same recall, chosen and scored on the same halves.
///
/// The authors drop codes of a recall of at most .01.
///
/// @param states that had a code
/// @param precision mean over those states of: firings at the state's last digit over all firings
/// @param recall mean of: firings at the state's last digit over its occurrences
/// @param samePrecision the code's precision on the half on which it was chosen
/// @param neuronPrecision of the best neurons
/// @param neuronRecall of the best neurons
public record StateDetectors(
    int states,
    double precision,
    double recall,
    double samePrecision,
    double neuronPrecision,
    double neuronRecall) {

  /// Measures on walks.
  ///
  /// @param walks per half
  /// @param leastRecall codes that fire on fewer of a state's occurrences are not considered
  /// @param progress told how many walks were read
  public static StateDetectors of(
      CodebookTransformer model,
      AutomatonTokens tokens,
      int walks,
      int length,
      double leastRecall,
      long seed,
      IntConsumer progress) {
    List<Pick> picks =
        picks(
            DetectorText.read(
                model, LabelledText.of(tokens, tokens.walks(walks, length, seed)), progress),
            tokens.automaton().states(),
            leastRecall);
    // The first half is not kept: neurons at every position take most of the memory.
    DetectorText scored =
        DetectorText.read(
            model,
            LabelledText.of(tokens, tokens.walks(walks, length, seed + 1)),
            done -> progress.accept(walks + done));
    List<Found> found = new ArrayList<>();
    for (Pick pick : picks) {
      int state = pick.state();
      if (scored.occurrences(state) > 0) {
        found.add(
            new Found(
                scored.precision(pick.code(), state),
                scored.recall(pick.code(), state),
                pick.precision(),
                scored.neuronPrecision(pick.neuron(), state, pick.threshold()),
                scored.neuronRecall(pick.neuron(), state, pick.threshold())));
      }
    }
    return new StateDetectors(
        found.size(),
        mean(found, Found::precision),
        mean(found, Found::recall),
        mean(found, Found::samePrecision),
        mean(found, Found::neuronPrecision),
        mean(found, Found::neuronRecall));
  }

  /// @param precision of the code where it was chosen
  /// @param threshold above which the neuron counts as firing
  private record Pick(int state, int code, double precision, int neuron, double threshold) {}

  private static List<Pick> picks(DetectorText text, int states, double leastRecall) {
    List<Pick> picks = new ArrayList<>();
    for (int state = 0; state < states; state++) {
      int code = text.bestCode(state, leastRecall);
      if (code >= 0) {
        double recall = text.recall(code, state);
        int neuron = text.bestNeuron(state, recall);
        picks.add(
            new Pick(
                state,
                code,
                text.precision(code, state),
                neuron,
                text.threshold(neuron, state, recall)));
      }
    }
    return picks;
  }

  private record Found(
      double precision,
      double recall,
      double samePrecision,
      double neuronPrecision,
      double neuronRecall) {}

  private static double mean(List<Found> found, ToDoubleFunction<Found> of) {
    return found.stream().mapToDouble(of).average().orElse(0);
  }
}
