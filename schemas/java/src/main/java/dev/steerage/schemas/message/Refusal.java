package dev.steerage.schemas.message;

/// Why something was not done: a closed set, kebab case in JSON and in dead-letter headers.
public enum Refusal {
  /// No JSON, or JSON that breaks the published schema.
  MALFORMED,
  /// A version that this installation does not read.
  UNKNOWN_VERSION,
  UNKNOWN_MODEL,
  UNKNOWN_SITE,
  UNKNOWN_CODE,
  UNKNOWN_CONCEPT,
  UNKNOWN_RULE,
  UNKNOWN_REQUEST,
  /// A token id outside the vocabulary, or text that the tokenizer cannot take.
  BAD_TOKEN,
  /// Longer, larger or more than a limit.
  OVER_LIMIT,
  /// More activations at one site than it has slots.
  TOO_MANY_ACTIVATIONS,
  /// A number that is no finite number or outside its range.
  BAD_NUMBER,
  /// The same id with another body.
  ID_CONFLICT,
  /// The revision asked for did not come in time.
  FENCE_TIMEOUT,
  /// The session has a turn that is not finished.
  SESSION_BUSY,
  /// A record that is no message of this topic (truncated frame, random bytes).
  CORRUPT
}
