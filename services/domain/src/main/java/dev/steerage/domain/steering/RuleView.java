package dev.steerage.domain.steering;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Rules as they are at a revision: those that were compiled together at some other one, without
/// those that are gone since, and those that came. So a change costs the rules that it changes, and
/// what a request knows of the others it keeps.
final class RuleView {
  /// What is gone of [#base]; null: nothing.
  final ActiveRules gone;

  final RulePart base;

  /// What came; null: nothing.
  final RulePart added;

  /// What a program of this view alone does, by the rules that act.
  final Map<ActiveRules, InterventionPlan> plans = new HashMap<>();

  RuleView(RulePart base) {
    this(base, List.of(), null);
  }

  /// @param gone places in the base
  RuleView(RulePart base, List<Integer> gone, RulePart addedOrNull) {
    this.base = base;
    this.gone = gone.isEmpty() ? null : new ActiveRules(base.size());
    gone.forEach(place -> this.gone.add(place));
    added = addedOrNull;
  }
}
