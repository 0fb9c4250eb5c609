package dev.steerage.worker.rules;

import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.schemas.message.Refusal;
import java.util.List;

/// Why a rule, concept or command was not taken.
public record Refused(Refusal refusal, String detail) {
  static Refused malformed(String detail) {
    return new Refused(Refusal.MALFORMED, detail);
  }

  static Refused overLimit(String detail) {
    return new Refused(Refusal.OVER_LIMIT, detail);
  }

  /// The first problem decides the word; the detail tells all.
  static Refused of(List<RuleProblem> problems) {
    RuleProblem first = problems.getFirst();
    String detail = String.join("; ", problems.stream().map(RuleProblem::detail).toList());
    return new Refused(word(first.kind()), detail);
  }

  private static Refusal word(RuleProblem.Kind kind) {
    return switch (kind) {
      case UNKNOWN_SITE -> Refusal.UNKNOWN_SITE;
      case UNKNOWN_CODE -> Refusal.UNKNOWN_CODE;
      case UNKNOWN_CONCEPT -> Refusal.UNKNOWN_CONCEPT;
      case UNKNOWN_RULE -> Refusal.UNKNOWN_RULE;
      case UNKNOWN_MODEL -> Refusal.UNKNOWN_MODEL;
      case BAD_NAME -> Refusal.MALFORMED;
      case BAD_NUMBER -> Refusal.BAD_NUMBER;
      case BAD_TOKEN -> Refusal.BAD_TOKEN;
      case OVER_LIMIT -> Refusal.OVER_LIMIT;
      case OVER_QUOTA -> Refusal.OVER_QUOTA;
      case TOO_MANY_ACTIVATIONS -> Refusal.TOO_MANY_ACTIVATIONS;
      case IN_USE -> Refusal.IN_USE;
      case BAD_PATTERN -> Refusal.BAD_PATTERN;
      case CONTRADICTION -> Refusal.CONTRADICTION;
      case UNKNOWN_MONITOR -> Refusal.UNKNOWN_MONITOR;
      case FEEDBACK_CYCLE -> Refusal.FEEDBACK_CYCLE;
    };
  }
}
