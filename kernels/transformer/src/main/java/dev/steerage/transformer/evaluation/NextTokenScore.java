package dev.steerage.transformer.evaluation;

import dev.steerage.ops.Floats;
import dev.steerage.ops.logprob.LogprobKernel;
import java.lang.foreign.MemorySegment;

/// Mean loss and accuracy of predicted tokens. For one thread.
public final class NextTokenScore {
  private final LogprobKernel kernel;
  private double loss;
  private long right;
  private long tokens;

  public NextTokenScore(LogprobKernel kernel) {
    this.kernel = kernel;
  }

  /// Counts one prediction.
  ///
  /// @param at element where the row of logits begins
  public void add(MemorySegment logits, long at, int vocabulary, int target) {
    loss += kernel.logSumExp(logits, at, vocabulary) - Floats.get(logits, at + target);
    int best = 0;
    for (int id = 1; id < vocabulary; id++) {
      // Strictly greater only: the lowest id wins ties, as in greedy generation.
      best = Floats.get(logits, at + id) > Floats.get(logits, at + best) ? id : best;
    }
    right += best == target ? 1 : 0;
    tokens++;
  }

  /// Predictions counted.
  public long tokens() {
    return tokens;
  }

  /// Mean negative log-likelihood in nats; 0 before the first prediction.
  public double loss() {
    return tokens == 0 ? 0 : loss / tokens;
  }

  /// Share of predictions whose likeliest token was the right one.
  public double accuracy() {
    return tokens == 0 ? 0 : (double) right / tokens;
  }
}
