package dev.steerage.transformer.evaluation;

import dev.steerage.transformer.CodebookTransformer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/// Codes as detectors of labels beside neurons and linear probes, at several least recalls. All
/// three are chosen on one half of the text and scored on the other; for each label, neuron and
/// probe are held at the recall that the code had where it was chosen.
///
/// @param leastRecall that a code must have where it is chosen
/// @param labels by which the other lists are ordered: those that had such a code
/// @param codes on the other half
/// @param neurons the most precise MLP neuron of all layers
/// @param probes the most precise layer's linear probe on its MLP neurons
public record DetectorComparison(
    double leastRecall,
    List<Integer> labels,
    List<Score> codes,
    List<Score> neurons,
    List<Score> probes) {
  public DetectorComparison {
    labels = List.copyOf(labels);
    codes = List.copyOf(codes);
    neurons = List.copyOf(neurons);
    probes = List.copyOf(probes);
  }

  /// On text on which nothing was chosen.
  public record Score(double precision, double recall) {}

  /// Measures on walks, whose labels are the states.
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
    return of(
        model,
        LabelledText.of(tokens, tokens.walks(walks, length, seed)),
        LabelledText.of(tokens, tokens.walks(walks, length, seed + 1)),
        leastRecalls,
        progress);
  }

  /// Measures on any text.
  ///
  /// @param chosenOn codes, neurons and probes
  /// @param scoredOn has the same labels
  /// @param progress told how many sequences were read
  public static List<DetectorComparison> of(
      CodebookTransformer model,
      LabelledText chosenOn,
      LabelledText scoredOn,
      double[] leastRecalls,
      IntConsumer progress) {
    List<LinearProbe> probes = new ArrayList<>();
    List<List<Pick>> picks =
        pick(
            DetectorText.read(model, chosenOn, progress),
            chosenOn.kinds(),
            model.config().inner(),
            leastRecalls,
            probes);
    // The first half is not kept: neurons at every position take most of the memory.
    int read = chosenOn.sequences().size();
    DetectorText scored = DetectorText.read(model, scoredOn, done -> progress.accept(read + done));
    List<DetectorComparison> comparisons = new ArrayList<>();
    for (int i = 0; i < leastRecalls.length; i++) {
      comparisons.add(score(scored, leastRecalls[i], picks.get(i), probes));
    }
    return comparisons;
  }

  /// @param neuron and the threshold above which it counts as firing
  /// @param probe by layer, and its threshold
  private record Pick(
      int label, int code, int neuron, double neuronAt, int probe, double probeAt) {}

  private static List<List<Pick>> pick(
      DetectorText text, int labels, int inner, double[] leastRecalls, List<LinearProbe> probes) {
    for (int from = 0; from < text.neurons(); from += inner) {
      probes.add(LinearProbe.fit(text, from, inner, labels));
    }
    List<List<Optional<Pick>>> byLabel =
        IntStream.range(0, labels)
            .parallel()
            .mapToObj(label -> picks(text, label, leastRecalls, probes))
            .toList();
    return IntStream.range(0, leastRecalls.length)
        .mapToObj(i -> byLabel.stream().flatMap(picks -> picks.get(i).stream()).toList())
        .toList();
  }

  /// By least recall; none where no code reaches it.
  private static List<Optional<Pick>> picks(
      DetectorText text, int label, double[] leastRecalls, List<LinearProbe> probes) {
    float[][] scores = new float[probes.size()][];
    for (int layer = 0; layer < scores.length; layer++) {
      scores[layer] = probes.get(layer).scores(text, label);
    }
    List<Optional<Pick>> picks = new ArrayList<>();
    for (double leastRecall : leastRecalls) {
      int code = text.bestCode(label, leastRecall);
      picks.add(code < 0 ? Optional.empty() : Optional.of(pick(text, label, code, scores)));
    }
    return picks;
  }

  private static Pick pick(DetectorText text, int label, int code, float[][] scores) {
    double recall = text.recall(code, label);
    int neuron = text.bestNeuron(label, recall);
    int best = 0;
    double bestAt = 0;
    double most = -1;
    for (int layer = 0; layer < scores.length; layer++) {
      double at = text.threshold(scores[layer], label, recall);
      double precision = text.precision(scores[layer], label, at);
      if (precision > most) {
        most = precision;
        best = layer;
        bestAt = at;
      }
    }
    return new Pick(label, code, neuron, text.threshold(neuron, label, recall), best, bestAt);
  }

  private static DetectorComparison score(
      DetectorText text, double leastRecall, List<Pick> picks, List<LinearProbe> probes) {
    List<Integer> labels = new ArrayList<>();
    List<Score> codes = new ArrayList<>();
    List<Score> neurons = new ArrayList<>();
    List<Score> fromProbes = new ArrayList<>();
    for (Pick pick : picks) {
      int label = pick.label();
      if (text.occurrences(label) == 0) {
        continue;
      }
      labels.add(label);
      codes.add(new Score(text.precision(pick.code(), label), text.recall(pick.code(), label)));
      neurons.add(
          new Score(
              text.neuronPrecision(pick.neuron(), label, pick.neuronAt()),
              text.neuronRecall(pick.neuron(), label, pick.neuronAt())));
      float[] scores = probes.get(pick.probe()).scores(text, label);
      fromProbes.add(
          new Score(
              text.precision(scores, label, pick.probeAt()),
              text.recall(scores, label, pick.probeAt())));
    }
    return new DetectorComparison(leastRecall, labels, codes, neurons, fromProbes);
  }
}
