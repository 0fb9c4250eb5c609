package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Rule;
import java.util.List;

/// A rule whose conditions are ready to be asked.
final class CompiledRule {
  final Rule rule;
  final boolean inline;
  final boolean once;
  final int untilTokens;
  final int untilUses;
  final Check when;

  /// What ends it, or null.
  final Check until;

  final Trigger trigger;

  /// Whether a condition looks at codes that fired at earlier positions.
  final boolean looksBack;

  /// The codes of its actions, concepts resolved; empty for what names none.
  final List<List<Code>> codes;

  CompiledRule(
      Rule rule,
      boolean inline,
      Check when,
      Check until,
      boolean looksBack,
      List<List<Code>> codes) {
    this.rule = rule;
    this.inline = inline;
    this.once = rule.when().once();
    this.untilTokens = rule.until().tokens().orElse(Integer.MAX_VALUE);
    this.untilUses = rule.until().uses().orElse(Integer.MAX_VALUE);
    this.when = when;
    this.until = until;
    this.trigger = Trigger.of(when, until);
    this.looksBack = looksBack;
    this.codes = List.copyOf(codes);
  }

  /// What a request keeps of it: rules of its own are not those of the log.
  String key() {
    return key(rule, inline);
  }

  static String key(Rule rule, boolean inline) {
    return inline ? "inline:" + rule.id() : rule.id();
  }
}
