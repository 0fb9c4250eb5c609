package dev.steerage.worker.generation;

import dev.steerage.transformer.generation.TopLogprobs;

/// Kullback-Leibler divergence of two distributions of which only the likeliest tokens are known.
///
/// Tokens that are among the likeliest of both are compared one by one, all others together as one.
/// Putting outcomes together never makes a divergence larger, so this is a lower bound of the
/// whole.
final class TopDivergence {
  private TopDivergence() {}

  /// The likeliest tokens of a distribution.
  record Likeliest(int[] tokens, double[] logprobs) {
    static Likeliest of(TopLogprobs top) {
      int[] tokens = new int[top.count()];
      double[] logprobs = new double[top.count()];
      for (int i = 0; i < tokens.length; i++) {
        tokens[i] = top.token(i);
        logprobs[i] = top.logprob(i);
      }
      return new Likeliest(tokens, logprobs);
    }

    private int indexOf(int token) {
      for (int i = 0; i < tokens.length; i++) {
        if (tokens[i] == token) {
          return i;
        }
      }
      return -1;
    }
  }

  /// Of `from` with regard to `to`, in nats.
  static double of(Likeliest from, Likeliest to) {
    double sum = 0;
    double fromRest = 1;
    double toRest = 1;
    for (int i = 0; i < from.tokens().length; i++) {
      int j = to.indexOf(from.tokens()[i]);
      if (j >= 0) {
        double p = Math.exp(from.logprobs()[i]);
        sum += p * (from.logprobs()[i] - to.logprobs()[j]);
        fromRest -= p;
        toRest -= Math.exp(to.logprobs()[j]);
      }
    }
    // What is left of a distribution that is known nearly whole is rounding.
    if (fromRest > 1e-6 && toRest > 1e-6) {
      sum += fromRest * Math.log(fromRest / toRest);
    }
    return Math.max(0, sum);
  }
}
