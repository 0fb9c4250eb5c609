package dev.steerage.domain.rule;

/// Why a rule or concept cannot be taken.
///
/// @param detail a sentence for people: what, value, limit
public record RuleProblem(Kind kind, String detail) {
  /// A closed set.
  public enum Kind {
    UNKNOWN_SITE,
    UNKNOWN_CODE,
    UNKNOWN_CONCEPT,
    UNKNOWN_RULE,
    UNKNOWN_MONITOR,
    UNKNOWN_MODEL,
    BAD_NAME,
    BAD_NUMBER,
    BAD_TOKEN,
    OVER_LIMIT,
    /// More rules than the tenant was granted.
    OVER_QUOTA,
    TOO_MANY_ACTIVATIONS,
    /// A text that is no pattern, or a pattern over the limit.
    BAD_PATTERN,
    /// It contradicts itself, or can never act.
    CONTRADICTION,
    /// Monitors that drive each other.
    FEEDBACK_CYCLE,
    /// A concept that rules still name cannot be removed.
    IN_USE
  }
}
