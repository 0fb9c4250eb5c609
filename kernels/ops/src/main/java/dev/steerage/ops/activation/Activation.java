package dev.steerage.ops.activation;

/// The activation functions of the supported model families.
public enum Activation {
  /// x times the normal distribution function, exact ("gelu"): GPT-NeoX.
  GELU_ERF,
  /// The tanh form ("gelu_new"): GPT-2, GPT-Neo.
  GELU_TANH
}
