package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// The rules of a model in one book by what they ask of a request, so that a request looks at those
/// only that may be meant for it. All lists are in [RuleBook#ORDER], and none changes: the index of
/// the next book shares those that are the same.
final class RuleIndex {
  /// Of so many differences on, an index is made anew.
  private static final int PATCHES_MAX = 256;

  private static final int LABEL_SETS = 1_024;

  private final RuleBook book;
  private final List<Rule> rules;
  private List<Rule> ofAll = List.of();
  private List<Rule> mandatoryOfAll = List.of();
  private Map<String, List<Rule>> bySession = new HashMap<>();
  private Map<String, List<Rule>> byRequest = new HashMap<>();

  // A rule with several labels is under the first by name.
  private Map<Map.Entry<String, String>, List<Rule>> byLabel = new HashMap<>();

  /// Names of labels that rules have, or had in an earlier book.
  private Set<String> labelNames = new HashSet<>();

  /// What [#ofLabels] found: by the labels of a request, and by those that rules asked for.
  private Map<Asked, Labelled> found = new HashMap<>();

  private Map<Asked, Labelled> distinct = new HashMap<>();

  /// Requests that are alike to rules with labels.
  private record Asked(Map<String, String> labels, boolean standing) {}

  /// Rules with labels, and all labels that they ask for: these say which rules they are.
  record Labelled(Map<String, String> labels, List<Rule> rules) {
    private static final Labelled NONE = new Labelled(Map.of(), List.of());
  }

  RuleIndex(RuleBook book, String model) {
    this.book = book;
    rules = book.rules(model);
    List<Rule> all = new ArrayList<>();
    for (Rule rule : rules) {
      Match match = rule.match();
      if (match.request().isPresent()) {
        add(byRequest, match.request().get(), rule);
      } else if (match.session().isPresent()) {
        add(bySession, match.session().get(), rule);
      } else if (match.labels().isEmpty()) {
        all.add(rule);
      } else {
        add(byLabel, first(match), rule);
        labelNames.addAll(match.labels().keySet());
      }
    }
    ofAll = Collections.unmodifiableList(all);
    mandatoryOfAll = mandatory(all);
  }

  private RuleIndex(RuleBook book, List<Rule> rules, RuleIndex before) {
    this.book = book;
    this.rules = rules;
    ofAll = before.ofAll;
    mandatoryOfAll = before.mandatoryOfAll;
    bySession = before.bySession;
    byRequest = before.byRequest;
    byLabel = before.byLabel;
    labelNames = before.labelNames;
    found = before.found;
    distinct = before.distinct;
  }

  /// The index of another book of the same log, made from this one where they differ little.
  RuleIndex of(RuleBook next, String model) {
    List<Rule> nextRules = next.rules(model);
    RuleDifference difference = RuleDifference.between(rules, nextRules, PATCHES_MAX);
    if (difference.isTooLarge()) {
      return new RuleIndex(next, model);
    }
    RuleIndex index = new RuleIndex(next, nextRules, this);
    difference.gone().forEach(place -> index.patch(rules.get(place), false));
    difference.added().forEach(rule -> index.patch(rule, true));
    return index;
  }

  private void patch(Rule rule, boolean isAdded) {
    Match match = rule.match();
    if (match.request().isPresent()) {
      byRequest = patched(byRequest, match.request().get(), rule, isAdded);
    } else if (match.session().isPresent()) {
      bySession = patched(bySession, match.session().get(), rule, isAdded);
    } else if (match.labels().isEmpty()) {
      ofAll = patched(ofAll, rule, isAdded);
      mandatoryOfAll = match.mandatory() ? mandatory(ofAll) : mandatoryOfAll;
    } else {
      byLabel = patched(byLabel, first(match), rule, isAdded);
      if (!labelNames.containsAll(match.labels().keySet())) {
        labelNames = new HashSet<>(labelNames);
        labelNames.addAll(match.labels().keySet());
      }
      found = new HashMap<>();
      distinct = new HashMap<>();
    }
  }

  private static <K> void add(Map<K, List<Rule>> lists, K key, Rule rule) {
    lists.computeIfAbsent(key, _ -> new ArrayList<>()).add(rule);
  }

  private static List<Rule> mandatory(List<Rule> all) {
    return all.stream().filter(rule -> rule.match().mandatory()).toList();
  }

  private static <K> Map<K, List<Rule>> patched(
      Map<K, List<Rule>> lists, K key, Rule rule, boolean isAdded) {
    Map<K, List<Rule>> patched = new HashMap<>(lists);
    List<Rule> list = patched(lists.getOrDefault(key, List.of()), rule, isAdded);
    if (list.isEmpty()) {
      patched.remove(key);
    } else {
      patched.put(key, list);
    }
    return patched;
  }

  private static List<Rule> patched(List<Rule> list, Rule rule, boolean isAdded) {
    List<Rule> patched = new ArrayList<>(list);
    int at = Collections.binarySearch(list, rule, RuleBook.ORDER);
    if (isAdded) {
      patched.add(-at - 1, rule);
    } else {
      patched.remove(at);
    }
    return Collections.unmodifiableList(patched);
  }

  private static Map.Entry<String, String> first(Match match) {
    String first =
        match.labels().size() == 1
            ? match.labels().keySet().iterator().next()
            : new TreeSet<>(match.labels().keySet()).first();
    return Map.entry(first, match.labels().get(first));
  }

  RuleBook book() {
    return book;
  }

  /// Rules that ask nothing of a request but to be in a share.
  List<Rule> ofAll(RequestFacts facts) {
    return facts.standingRules() ? ofAll : mandatoryOfAll;
  }

  /// Rules whose labels a request has; shares are not looked at.
  Labelled ofLabels(RequestFacts facts) {
    if (facts.labels().isEmpty() || byLabel.isEmpty()) {
      return Labelled.NONE;
    }
    Map<String, String> named = new HashMap<>();
    facts
        .labels()
        .forEach(
            (name, value) -> {
              if (labelNames.contains(name)) {
                named.put(name, value);
              }
            });
    if (found.size() == LABEL_SETS) {
      found.clear();
      distinct.clear();
    }
    return found.computeIfAbsent(
        new Asked(named, facts.standingRules()), asked -> find(asked.labels(), asked.standing()));
  }

  private Labelled find(Map<String, String> labels, boolean standing) {
    List<Rule> matching = new ArrayList<>();
    Map<String, String> asked = new HashMap<>();
    for (var label : labels.entrySet()) {
      for (Rule rule : byLabel.getOrDefault(label, List.of())) {
        Map<String, String> wanted = rule.match().labels();
        if ((standing || rule.match().mandatory())
            && labels.entrySet().containsAll(wanted.entrySet())) {
          matching.add(rule);
          asked.putAll(wanted);
        }
      }
    }
    matching.sort(RuleBook.ORDER);
    return distinct.computeIfAbsent(new Asked(asked, standing), _ -> new Labelled(asked, matching));
  }

  /// Rules for this session or request.
  List<Rule> ofOne(RequestFacts facts) {
    List<Rule> matching = new ArrayList<>();
    List<Rule> named = byRequest.getOrDefault(facts.request(), List.of());
    named.stream().filter(rule -> Share.matchesStanding(rule, facts)).forEach(matching::add);
    facts
        .session()
        .ifPresent(
            session ->
                bySession.getOrDefault(session, List.of()).stream()
                    .filter(rule -> Share.matchesStanding(rule, facts))
                    .forEach(matching::add));
    return matching;
  }
}
