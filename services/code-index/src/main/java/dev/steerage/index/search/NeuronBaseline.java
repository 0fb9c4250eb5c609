package dev.steerage.index.search;

import dev.steerage.index.corpus.NeuronSample;
import dev.steerage.index.corpus.Segment;
import dev.steerage.schemas.index.CodeScore;
import dev.steerage.schemas.index.FoundCodes.Neuron;
import dev.steerage.schemas.index.FoundCodes.Sample;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// The best neuron for what a search marks, at the recall of a code. A neuron fires where its
/// activity reaches a threshold; neuron and threshold are chosen on the half of the documents on
/// which codes are chosen, and scored on the other. All of it on the documents of a [NeuronSample].
final class NeuronBaseline {
  /// Fewer marked tokens in a half of the sample say nothing.
  static final int LEAST_MATCHES = 5;

  private final NeuronSample sample;
  private final boolean isHeldOut;
  // Positions of the sample that were marked, by half; the first half holds all without a held-out
  // half.
  private final int[][] marked;

  private NeuronBaseline(NeuronSample sample, boolean isHeldOut, int[][] marked) {
    this.sample = sample;
    this.isHeldOut = isHeldOut;
    this.marked = marked;
  }

  /// Marks the documents of a sample.
  static NeuronBaseline of(NeuronSample sample, Scan scan, boolean isHeldOut) {
    var marked = List.of(new BitSet(), new BitSet());
    Map<Segment, Optional<BitSet>> candidates = new HashMap<>();
    for (NeuronSample.Part part : sample.parts()) {
      Segment segment = part.segment();
      Optional<BitSet> only = candidates.computeIfAbsent(segment, scan::documents);
      if (only.isPresent() && !only.get().get(part.document())) {
        continue;
      }
      BitSet half = marked.get(isHeldOut ? segment.half(part.document()) : 0);
      int shift = part.first() - segment.firstPosition(part.document());
      scan.scan(segment, part.document(), position -> half.set(position + shift));
    }
    return new NeuronBaseline(
        sample,
        isHeldOut,
        marked.stream().map(half -> half.stream().toArray()).toArray(int[][]::new));
  }

  Sample sample() {
    return new Sample(sample.parts().size(), sample.positions(), marked[0].length, scored().length);
  }

  private int[] scored() {
    return isHeldOut ? marked[1] : marked[0];
  }

  /// The best neuron at each recall; none where the sample has too few matches.
  List<Optional<Neuron>> best(double[] recalls) {
    if (marked[0].length < LEAST_MATCHES || scored().length < LEAST_MATCHES) {
      return IntStream.range(0, recalls.length).mapToObj(_ -> Optional.<Neuron>empty()).toList();
    }
    int[] needed = new int[recalls.length];
    for (int i = 0; i < needed.length; i++) {
      int all = marked[0].length;
      needed[i] = Math.clamp(Math.round(recalls[i] * all), 1, all);
    }
    Pick[] best = new Pick[needed.length];
    Arrays.fill(best, new Pick(0, 0, -1));
    int[] reaching = new int[NeuronSample.LEVELS + 1];
    for (int neuron = 0; neuron < sample.neurons(); neuron++) {
      count(neuron, marked[0], reaching);
      for (int i = 0; i < needed.length; i++) {
        int level = level(reaching, needed[i]);
        double precision = (double) reaching[level] / firings(neuron, 0, level);
        if (precision > best[i].precision()) {
          best[i] = new Pick(neuron, level, precision);
        }
      }
    }
    return Arrays.stream(best).map(pick -> Optional.of(score(pick))).toList();
  }

  /// @param precision where it was chosen
  private record Pick(int neuron, int level, double precision) {}

  /// Marked positions that reach each level.
  private void count(int neuron, int[] positions, int[] reaching) {
    Arrays.fill(reaching, 0);
    for (int position : positions) {
      reaching[sample.level(neuron, position)]++;
    }
    for (int level = NeuronSample.LEVELS - 1; level >= 0; level--) {
      reaching[level] += reaching[level + 1];
    }
  }

  /// The highest level that enough marked positions reach.
  private static int level(int[] reaching, int needed) {
    int low = 0;
    int high = NeuronSample.LEVELS - 1;
    while (low < high) {
      int middle = low + high + 1 >>> 1;
      if (reaching[middle] >= needed) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  private int firings(int neuron, int half, int level) {
    return isHeldOut
        ? sample.reaching(neuron, half, level)
        : sample.reaching(neuron, 0, level) + sample.reaching(neuron, 1, level);
  }

  private Neuron score(Pick pick) {
    int hits = 0;
    for (int position : scored()) {
      hits += sample.level(pick.neuron(), position) >= pick.level() ? 1 : 0;
    }
    return new Neuron(
        sample.name(pick.neuron()),
        new CodeScore(hits, firings(pick.neuron(), 1, pick.level()), scored().length));
  }
}
