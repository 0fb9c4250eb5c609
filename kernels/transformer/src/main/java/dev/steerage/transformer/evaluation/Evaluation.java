package dev.steerage.transformer.evaluation;

import java.util.List;

/// How a model did on some text.
///
/// @param sequences each read from its own beginning
/// @param tokens that were predicted: all but the first of each sequence
/// @param loss mean negative log-likelihood in nats
/// @param accuracy share of tokens that were the likeliest
/// @param sites in site order; empty for a dense model
public record Evaluation(
    long sequences, long tokens, double loss, double accuracy, List<SiteEvaluation> sites) {
  public Evaluation {
    sites = List.copyOf(sites);
  }

  public double perplexity() {
    return Math.exp(loss);
  }
}
