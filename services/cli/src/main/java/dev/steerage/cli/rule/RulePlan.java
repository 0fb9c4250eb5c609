package dev.steerage.cli.rule;

import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.steering.RequestFacts;
import dev.steerage.domain.steering.RuleConflicts;
import dev.steerage.domain.steering.Share;
import dev.steerage.domain.steering.SlotConflict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a rule would do if it were written now.
///
/// @param problems why it would be refused; empty: it would not
/// @param replaced the rule of the same id that is in force
/// @param conflicts where it and a rule in force want one slot, were they to act together
/// @param running requests of its model that run now
/// @param matching those that it matches
public record RulePlan(
    Rule rule,
    List<RuleProblem> problems,
    Optional<Rule> replaced,
    List<Conflict> conflicts,
    int running,
    List<String> matching) {

  /// A conflict with a rule in force.
  public record Conflict(Rule other, SlotConflict slot) {}

  /// Makes the plan.
  public static RulePlan of(Rule rule, JudgedLog log, List<RequestFacts> requests) {
    List<RuleProblem> problems = log.problems(new RuleChange.RulePut(rule));
    List<Conflict> conflicts = new ArrayList<>();
    if (problems.isEmpty() && log.isServed()) {
      for (Rule other : log.book().rules(rule.model())) {
        if (!other.id().equals(rule.id())) {
          RuleConflicts.between(rule, other, log.book(), log.shape())
              .forEach(slot -> conflicts.add(new Conflict(other, slot)));
        }
      }
    }
    List<RequestFacts> running =
        requests.stream().filter(request -> request.model().equals(rule.model())).toList();
    return new RulePlan(
        rule,
        problems,
        log.book().rule(rule.model(), rule.id()),
        conflicts,
        running.size(),
        running.stream()
            .filter(request -> Share.matchesStanding(rule, request))
            .map(RequestFacts::request)
            .toList());
  }
}
