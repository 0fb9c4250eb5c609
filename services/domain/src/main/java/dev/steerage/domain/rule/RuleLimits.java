package dev.steerage.domain.rule;

/// Bounds of the rule language. A record beyond one of them is refused as a whole.
public final class RuleLimits {
  /// Rules of one tenant and model.
  public static final int RULES = 10_000;

  /// Concepts of one tenant and model.
  public static final int CONCEPTS = 10_000;

  /// Actions of one rule.
  public static final int ACTIONS = 64;

  /// Codes of one action, condition or concept.
  public static final int CODES = 4_096;

  /// Rules of one prompt.
  public static final int INLINE_RULES = 64;

  /// Positions or token ids that a condition lists.
  public static final int LISTED = 4_096;

  /// How far back a `fired` condition looks.
  public static final int WITHIN = 64;

  /// Conditions of one rule, counted with those inside of others.
  public static final int CONDITIONS = 64;

  /// How deep conditions lie within conditions.
  public static final int DEPTH = 8;

  /// Tokens of a sequence.
  public static final int SEQUENCE = 64;

  /// Rules with a text pattern, of one tenant and model: each is carried along token by token.
  public static final int TEXT_RULES = 64;

  /// Codes appended at one site at one position.
  public static final int APPENDS = 16;

  /// Labels that a rule or a prompt names.
  public static final int LABELS = 32;

  /// Characters of an author, a session, a request id, a label name or a label value.
  public static final int TEXT = 200;

  /// A priority is between minus this and this.
  public static final int PRIORITY = 1_000_000;

  private RuleLimits() {}
}
