package dev.steerage.domain.rule;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.monitor.Monitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// How the rules and concepts of one model differ between two books. Who said so is no difference.
///
/// @param rules by id
/// @param concepts by name
/// @param monitors by id
public record RuleDiff(
    String model,
    Map<String, Change<Rule>> rules,
    Map<String, Change<List<Code>>> concepts,
    Map<String, Change<Monitor>> monitors) {

  /// What was, what is; one of them may be missing.
  public record Change<T>(Optional<T> before, Optional<T> after) {}

  /// From one book to another.
  public static RuleDiff of(String model, RuleBook before, RuleBook after) {
    return new RuleDiff(
        model,
        changes(rules(model, before), rules(model, after)),
        changes(before.concepts(model), after.concepts(model)),
        changes(before.monitors(model), after.monitors(model)));
  }

  private static Map<String, Rule> rules(String model, RuleBook book) {
    Map<String, Rule> rules = new TreeMap<>();
    book.rules(model).forEach(rule -> rules.put(rule.id(), rule));
    return rules;
  }

  private static <T> Map<String, Change<T>> changes(Map<String, T> before, Map<String, T> after) {
    Map<String, Change<T>> changes = new TreeMap<>();
    before.forEach(
        (name, was) -> {
          T is = after.get(name);
          if (is == null || !isSame(was, is)) {
            changes.put(name, new Change<>(Optional.of(was), Optional.ofNullable(is)));
          }
        });
    after.forEach(
        (name, is) -> {
          if (!before.containsKey(name)) {
            changes.put(name, new Change<>(Optional.empty(), Optional.of(is)));
          }
        });
    return changes;
  }

  private static boolean isSame(Object was, Object is) {
    return switch (was) {
      case Rule rule when is instanceof Rule other -> rule.equals(other.by(rule.author()));
      case Monitor monitor when is instanceof Monitor other ->
          monitor.equals(other.by(monitor.author()));
      default -> was.equals(is);
    };
  }

  /// Whether nothing differs.
  public boolean isEmpty() {
    return rules.isEmpty() && concepts.isEmpty() && monitors.isEmpty();
  }

  /// Records that turn the first book into the second, in an order that can be taken where there is
  /// one: monitors and rules go first, then concepts come, rules and monitors come, and concepts
  /// go.
  public List<RuleChange> records(String author) {
    List<RuleChange> records = new ArrayList<>();
    monitors.forEach(
        (id, change) -> {
          if (change.after().isEmpty()) {
            records.add(new RuleChange.MonitorRemoved(id, author));
          }
        });
    rules.forEach(
        (id, change) -> {
          if (change.after().isEmpty()) {
            records.add(new RuleChange.RuleRemoved(id, author));
          }
        });
    concepts.forEach(
        (name, change) ->
            change
                .after()
                .ifPresent(
                    codes -> records.add(new RuleChange.ConceptPut(name, model, codes, author))));
    rules.forEach(
        (_, change) ->
            change.after().ifPresent(rule -> records.add(new RuleChange.RulePut(rule.by(author)))));
    monitors.forEach(
        (_, change) ->
            change
                .after()
                .ifPresent(monitor -> records.add(new RuleChange.MonitorPut(monitor.by(author)))));
    concepts.forEach(
        (name, change) -> {
          if (change.after().isEmpty()) {
            records.add(new RuleChange.ConceptRemoved(name, author));
          }
        });
    return records;
  }
}
