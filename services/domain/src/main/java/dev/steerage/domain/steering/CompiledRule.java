package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Rule;

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

  CompiledRule(Rule rule, boolean inline, Check when, Check until) {
    this.rule = rule;
    this.inline = inline;
    this.once = rule.when().once();
    this.untilTokens = rule.until().tokens().orElse(Integer.MAX_VALUE);
    this.untilUses = rule.until().uses().orElse(Integer.MAX_VALUE);
    this.when = when;
    this.until = until;
    this.trigger = Trigger.of(when, until);
  }
}
