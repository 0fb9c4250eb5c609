package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// The rules of a model in one book by what they ask of a request, so that a request looks at those
/// only that may be meant for it. All lists are in [RuleBook#ORDER].
final class RuleIndex {
  private final RuleBook book;
  private final List<Rule> ofAll = new ArrayList<>();
  private final List<Rule> mandatoryOfAll;
  private final Map<String, List<Rule>> bySession = new HashMap<>();
  private final Map<String, List<Rule>> byRequest = new HashMap<>();

  // A rule with several labels is under the first by name.
  private final Map<Map.Entry<String, String>, List<Rule>> byLabel = new HashMap<>();

  RuleIndex(RuleBook book, String model) {
    this.book = book;
    for (Rule rule : book.rules(model)) {
      list(rule.match()).add(rule);
    }
    mandatoryOfAll = ofAll.stream().filter(rule -> rule.match().mandatory()).toList();
  }

  private List<Rule> list(Match match) {
    if (match.request().isPresent()) {
      return byRequest.computeIfAbsent(match.request().get(), _ -> new ArrayList<>());
    }
    if (match.session().isPresent()) {
      return bySession.computeIfAbsent(match.session().get(), _ -> new ArrayList<>());
    }
    if (match.labels().isEmpty()) {
      return ofAll;
    }
    String first = new TreeSet<>(match.labels().keySet()).first();
    return byLabel.computeIfAbsent(
        Map.entry(first, match.labels().get(first)), _ -> new ArrayList<>());
  }

  RuleBook book() {
    return book;
  }

  /// Rules that ask nothing of a request but to be in a share.
  List<Rule> ofAll(RequestFacts facts) {
    return facts.standingRules() ? ofAll : mandatoryOfAll;
  }

  /// Rules whose labels a request has; shares are not looked at.
  List<Rule> ofLabels(RequestFacts facts) {
    List<Rule> found = new ArrayList<>();
    for (var label : facts.labels().entrySet()) {
      for (Rule rule : byLabel.getOrDefault(label, List.of())) {
        boolean isStanding = facts.standingRules() || rule.match().mandatory();
        if (isStanding && facts.labels().entrySet().containsAll(rule.match().labels().entrySet())) {
          found.add(rule);
        }
      }
    }
    found.sort(RuleBook.ORDER);
    return found;
  }

  /// Rules for this session or request.
  List<Rule> ofOne(RequestFacts facts) {
    List<Rule> found = new ArrayList<>();
    List<Rule> named = byRequest.getOrDefault(facts.request(), List.of());
    named.stream().filter(rule -> Share.matchesStanding(rule, facts)).forEach(found::add);
    facts
        .session()
        .ifPresent(
            session ->
                bySession.getOrDefault(session, List.of()).stream()
                    .filter(rule -> Share.matchesStanding(rule, facts))
                    .forEach(found::add));
    return found;
  }
}
