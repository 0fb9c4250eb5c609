package dev.steerage.transformer.generation;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.elementary.Elementary;
import java.lang.foreign.MemorySegment;

/// Chooses a token from a row of logits. One per batch; reuses its memory.
///
/// Order: repetition penalty, temperature, the k likeliest, the smallest set of mass p; then one
/// draw. Masses are added in double in a fixed order, so a choice is the same on every machine that
/// computes the same logits.
final class Sampler {
  private final Backend backend;
  private final float[] raw;
  private final float[] shaped;
  private final int[] candidates;
  private final double[] masses;
  private final LogitHeap heap;
  private final TopTokens top = new TopTokens();
  private float logprob;

  Sampler(Backend backend, int vocabulary) {
    this.backend = backend;
    raw = new float[vocabulary];
    shaped = new float[vocabulary];
    candidates = new int[vocabulary];
    masses = new double[vocabulary];
    heap = new LogitHeap(vocabulary);
  }

  /// Chooses; then [#logprob] and [#top] tell about the choice.
  ///
  /// @param seen tokens that the repetition penalty holds against, a bit each
  /// @param index of the token to choose, which is what the draw depends on beside the seed
  int choose(
      MemorySegment logits, long at, Sampling sampling, long[] seen, int index, int topLogprobs) {
    MemorySegment.copy(logits, Floats.LAYOUT, at * Float.BYTES, raw, 0, raw.length);
    double normalizer = backend.logprob().logSumExp(logits, at, raw.length);
    float[] from = raw;
    if (sampling.repetitionPenalty() != 1f) {
      penalize(sampling.repetitionPenalty(), seen);
      from = shaped;
    }
    int token = sampling.temperature() == 0f ? greedy(from) : draw(from, sampling, index);
    logprob = (float) (raw[token] - normalizer);
    top.fill(heap, raw, normalizer, Math.min(topLogprobs, raw.length));
    return token;
  }

  /// Takes a choice that was made where the logits are; then [#logprob] and [#top] tell about it.
  int take(int token, float itsLogprob) {
    logprob = itsLogprob;
    top.fill(heap, raw, 0, 0);
    return token;
  }

  /// Says how probable a token is that is known already; then [#logprob] and [#top] tell about it.
  void score(MemorySegment logits, long at, int token, int topLogprobs) {
    MemorySegment.copy(logits, Floats.LAYOUT, at * Float.BYTES, raw, 0, raw.length);
    double normalizer = backend.logprob().logSumExp(logits, at, raw.length);
    logprob = (float) (raw[token] - normalizer);
    top.fill(heap, raw, normalizer, Math.min(topLogprobs, raw.length));
  }

  float logprob() {
    return logprob;
  }

  TopLogprobs top() {
    return top;
  }

  private void penalize(float penalty, long[] seen) {
    for (int id = 0; id < raw.length; id++) {
      boolean held = (seen[id >> 6] & 1L << id) != 0;
      float logit = raw[id];
      shaped[id] = !held ? logit : logit > 0 ? logit / penalty : logit * penalty;
    }
  }

  private static int greedy(float[] logits) {
    int best = 0;
    for (int id = 1; id < logits.length; id++) {
      if (logits[id] > logits[best]) {
        best = id;
      }
    }
    return best;
  }

  private int draw(float[] logits, Sampling sampling, int index) {
    float max = logits[greedy(logits)];
    boolean all = sampling.topK() == 0 && sampling.topP() == 1f;
    int count = all ? everyToken(logits, max, sampling) : likeliest(logits, max, sampling);
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += masses[i];
    }
    double point = CounterRandom.uniform(sampling.seed(), index) * total;
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += masses[i];
      if (point < sum) {
        return candidates[i];
      }
    }
    // Rounding may leave the point at the very end: the last token that has any mass.
    int last = count - 1;
    while (last > 0 && masses[last] == 0) {
      last--;
    }
    return candidates[last];
  }

  private int everyToken(float[] logits, float max, Sampling sampling) {
    for (int id = 0; id < logits.length; id++) {
      candidates[id] = id;
      masses[id] = mass(logits[id], max, sampling);
    }
    return logits.length;
  }

  private int likeliest(float[] logits, float max, Sampling sampling) {
    int most = sampling.topK() == 0 ? logits.length : Math.min(sampling.topK(), logits.length);
    double enough = Double.POSITIVE_INFINITY;
    if (sampling.topP() < 1f && most == logits.length) {
      double total = 0;
      for (float logit : logits) {
        total += mass(logit, max, sampling);
      }
      enough = total * sampling.topP();
    }
    heap.build(logits);
    int count = 0;
    double sum = 0;
    while (count < most && sum < enough) {
      candidates[count] = heap.pop();
      masses[count] = mass(logits[candidates[count]], max, sampling);
      sum += masses[count++];
    }
    return sampling.topP() < 1f && most < logits.length
        ? reach(count, sum * sampling.topP())
        : count;
  }

  /// How many of the sorted candidates it takes to reach a mass.
  private int reach(int count, double enough) {
    double sum = 0;
    int needed = 0;
    while (needed < count && sum < enough) {
      sum += masses[needed++];
    }
    return needed;
  }

  private static double mass(float logit, float max, Sampling sampling) {
    return Elementary.exp((logit - max) / sampling.temperature());
  }
}
