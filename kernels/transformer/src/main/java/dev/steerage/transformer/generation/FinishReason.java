package dev.steerage.transformer.generation;

/// Why a sequence ended.
public enum FinishReason {
  /// `maxTokens` were generated.
  LENGTH,
  /// The model chose its end-of-text token (which is reported as a token).
  EOS,
  /// A stop string appeared; the token that completed it is reported.
  STOP,
  /// [ContinuousBatch#cancel].
  CANCELLED
}
