package dev.steerage.experiments.variants;

import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.NextTokenScore;
import dev.steerage.transformer.forward.ForwardPass;
import dev.steerage.transformer.intervention.Steering;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What a model's codebooks did on held-out text.
///
/// @param tokens read
/// @param loss nats per predicted token
/// @param distinct share of the codes that fired, mean over codebooks
/// @param perplexity exp(entropy) over the number of codes, mean over codebooks
/// @param redundancy mutual information of two codebooks' codes over the smaller entropy, mean over
///   pairs, less what the same counts give for codes of different positions; NaN for one codebook
record CodeUse(long tokens, double loss, double distinct, double perplexity, double redundancy) {

  static CodeUse of(CodebookTransformer model, List<int[]> windows) {
    int length = windows.getFirst().length;
    int pages = length / ForwardPass.pageSize() + 1;
    int[] table = IntStream.range(0, pages).toArray();
    int sites = model.sites().size();
    List<int[][]> codes = new ArrayList<>(); // by window: [site][row]
    NextTokenScore score = new NextTokenScore(model.weights().backend().logprob());
    long tokens = 0;
    try (ForwardPass pass =
        new ForwardPass(model.weights(), model.team(), length, length, pages, table)) {
      for (int[] window : windows) {
        pass.clear();
        for (int i = 0; i < window.length; i++) {
          pass.add(window[i], i, 0, Steering.NONE, true);
        }
        pass.run();
        int[][] fired = new int[sites][window.length];
        for (int row = 0; row < window.length; row++) {
          for (int site = 0; site < sites; site++) {
            fired[site][row] = pass.natural(row, site, 0);
          }
          if (row + 1 < window.length) {
            score.add(
                pass.logits(), pass.logitsAt(row), model.config().vocabulary(), window[row + 1]);
          }
        }
        codes.add(fired);
        tokens += window.length;
      }
    }
    double distinct = 0;
    double perplexity = 0;
    double[] entropies = new double[sites];
    for (CodebookSite site : model.sites()) {
      Map<Long, Integer> counts = count(codes, site.index(), site.index(), 0);
      entropies[site.index()] = entropy(counts);
      distinct += (double) counts.size() / site.codes() / sites;
      perplexity += Math.exp(entropies[site.index()]) / site.codes() / sites;
    }
    return new CodeUse(tokens, score.loss(), distinct, perplexity, redundancy(codes, entropies));
  }

  private static double redundancy(List<int[][]> codes, double[] entropies) {
    double sum = 0;
    int pairs = 0;
    for (int a = 0; a < entropies.length; a++) {
      for (int b = a + 1; b < entropies.length; b++) {
        // What remains for unrelated positions is the bias of counting few of many pairs.
        double together = entropy(count(codes, a, b, 0));
        double apart = entropy(count(codes, a, b, 1));
        double least = Math.min(entropies[a], entropies[b]);
        sum += least == 0 ? 0 : (apart - together) / least;
        pairs++;
      }
    }
    return pairs == 0 ? Double.NaN : sum / pairs;
  }

  /// Counts of pairs, the second one from as many windows further on.
  private static Map<Long, Integer> count(List<int[][]> codes, int a, int b, int further) {
    Map<Long, Integer> counts = new HashMap<>();
    for (int w = 0; w < codes.size(); w++) {
      int[] one = codes.get(w)[a];
      int[] two = codes.get((w + further) % codes.size())[b];
      for (int row = 0; row < Math.min(one.length, two.length); row++) {
        counts.merge((long) one[row] << Integer.SIZE | two[row], 1, Integer::sum);
      }
    }
    return counts;
  }

  private static double entropy(Map<Long, Integer> counts) {
    double all = counts.values().stream().mapToDouble(count -> count).sum();
    return counts.values().stream()
        .mapToDouble(count -> -count / all * Math.log(count / all))
        .sum();
  }
}
