package dev.steerage.transformer.generation;

/// The likeliest tokens of one position under the model, best first; ties to the lowest id. Valid
/// only during the call it is passed to.
public interface TopLogprobs {
  int count();

  int token(int i);

  /// Natural logarithm, before temperature, penalty and truncation.
  float logprob(int i);
}
