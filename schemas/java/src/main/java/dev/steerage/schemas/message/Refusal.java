package dev.steerage.schemas.message;

import dev.steerage.domain.rule.RuleProblem;

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
  UNKNOWN_MONITOR,
  UNKNOWN_REQUEST,
  /// A token id outside the vocabulary, or text that the tokenizer cannot take.
  BAD_TOKEN,
  /// Longer, larger or more than a limit.
  OVER_LIMIT,
  /// More than the tenant was granted.
  OVER_QUOTA,
  /// More activations at one site than it has slots.
  TOO_MANY_ACTIVATIONS,
  /// A number that is no finite number or outside its range.
  BAD_NUMBER,
  /// A name, id or author that is not of the published form, or used twice.
  BAD_NAME,
  /// A concept that rules still name.
  IN_USE,
  /// A text that is no pattern, or a pattern that is too large.
  BAD_PATTERN,
  /// A rule that contradicts itself or can never act.
  CONTRADICTION,
  /// Monitors that drive each other.
  FEEDBACK_CYCLE,
  /// The same id with another body.
  ID_CONFLICT,
  /// The revision asked for did not come in time.
  FENCE_TIMEOUT,
  /// The session has a turn that is not finished.
  SESSION_BUSY,
  /// A record that is no message of this topic (truncated frame, random bytes).
  CORRUPT;

  /// What a problem with a rule is called.
  public static Refusal of(RuleProblem.Kind kind) {
    return switch (kind) {
      case UNKNOWN_SITE -> UNKNOWN_SITE;
      case UNKNOWN_CODE -> UNKNOWN_CODE;
      case UNKNOWN_CONCEPT -> UNKNOWN_CONCEPT;
      case UNKNOWN_RULE -> UNKNOWN_RULE;
      case UNKNOWN_MONITOR -> UNKNOWN_MONITOR;
      case UNKNOWN_MODEL -> UNKNOWN_MODEL;
      case BAD_NAME -> BAD_NAME;
      case BAD_NUMBER -> BAD_NUMBER;
      case BAD_TOKEN -> BAD_TOKEN;
      case OVER_LIMIT -> OVER_LIMIT;
      case OVER_QUOTA -> OVER_QUOTA;
      case TOO_MANY_ACTIVATIONS -> TOO_MANY_ACTIVATIONS;
      case IN_USE -> IN_USE;
      case BAD_PATTERN -> BAD_PATTERN;
      case CONTRADICTION -> CONTRADICTION;
      case FEEDBACK_CYCLE -> FEEDBACK_CYCLE;
    };
  }
}
