package dev.steerage.domain.rule;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.monitor.Monitor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What one tenant's rule log says at a revision. Immutable.
///
/// A book takes every change as it is: whether a change may be taken is decided before, by
/// [RuleValidation]. Rules and concepts belong to their model: two models may each have a rule of
/// the same id, and a removal removes it from both.
public final class RuleBook {
  /// Ascending priority, then id: the order in which activations are applied.
  public static final Comparator<Rule> ORDER =
      Comparator.comparingInt(Rule::priority).thenComparing(Rule::id).thenComparing(Rule::model);

  /// The revision of a log without records.
  public static final long NO_REVISION = -1;

  private static final RuleBook EMPTY = new RuleBook(NO_REVISION, Map.of(), Map.of(), Map.of());

  private final long revision;
  private final Map<Name, Rule> rules;
  private final Map<Name, List<Code>> concepts;
  private final Map<Name, Monitor> monitors;
  // Made when first asked for: a replay of a long log never asks.
  private volatile Map<String, List<Rule>> ordered;

  private RuleBook(
      long revision,
      Map<Name, Rule> rules,
      Map<Name, List<Code>> concepts,
      Map<Name, Monitor> monitors) {
    this.revision = revision;
    this.rules = rules;
    this.concepts = concepts;
    this.monitors = monitors;
  }

  /// The book of a log without records.
  public static RuleBook empty() {
    return EMPTY;
  }

  /// The book that `changes`, applied in order to an empty one, give, at `revision`.
  public static RuleBook restore(long revision, List<RuleChange> changes) {
    Map<Name, Rule> rules = new HashMap<>();
    Map<Name, List<Code>> concepts = new HashMap<>();
    Map<Name, Monitor> monitors = new HashMap<>();
    for (RuleChange change : changes) {
      change(change, rules, concepts, monitors);
    }
    return new RuleBook(revision, rules, concepts, monitors);
  }

  /// The book after the record at `offset`.
  ///
  /// @throws IllegalArgumentException if the offset is not above the revision
  public RuleBook apply(long offset, RuleChange change) {
    requireNext(offset);
    // Copies what the change is about, and no more.
    boolean isRule =
        change instanceof RuleChange.RulePut || change instanceof RuleChange.RuleRemoved;
    boolean isConcept =
        change instanceof RuleChange.ConceptPut || change instanceof RuleChange.ConceptRemoved;
    Map<Name, Rule> nextRules = isRule ? new HashMap<>(rules) : rules;
    Map<Name, List<Code>> nextConcepts = isConcept ? new HashMap<>(concepts) : concepts;
    Map<Name, Monitor> nextMonitors = isRule || isConcept ? monitors : new HashMap<>(monitors);
    change(change, nextRules, nextConcepts, nextMonitors);
    RuleBook next = new RuleBook(offset, nextRules, nextConcepts, nextMonitors);
    next.ordered = ordered == null || !isRule ? ordered : reordered(ordered, rules, change);
    return next;
  }

  /// The same rules after a record at `offset` that was refused or could not be read.
  public RuleBook skip(long offset) {
    requireNext(offset);
    RuleBook next = new RuleBook(offset, rules, concepts, monitors);
    next.ordered = ordered;
    return next;
  }

  /// Offset of the last record that was applied or skipped; -1: none.
  public long revision() {
    return revision;
  }

  /// The rules of one model, in [#ORDER].
  public List<Rule> rules(String model) {
    Map<String, List<Rule>> byModel = ordered;
    if (byModel == null) {
      byModel = byModel(rules.values());
      ordered = byModel;
    }
    return byModel.getOrDefault(model, List.of());
  }

  /// How many rules a model has.
  public int ruleCount(String model) {
    return count(rules.keySet(), model);
  }

  /// How many concepts a model has.
  public int conceptCount(String model) {
    return count(concepts.keySet(), model);
  }

  private static int count(Set<Name> names, String model) {
    int count = 0;
    for (Name name : names) {
      count += name.model().equals(model) ? 1 : 0;
    }
    return count;
  }

  /// All rules, in [#ORDER].
  public List<Rule> rules() {
    return rules.values().stream().sorted(ORDER).toList();
  }

  /// A rule of a model.
  public Optional<Rule> rule(String model, String id) {
    return Optional.ofNullable(rules.get(new Name(model, id)));
  }

  /// The models whose rules have this id.
  public List<String> modelsOfRule(String id) {
    return rules.keySet().stream()
        .filter(name -> name.local().equals(id))
        .map(Name::model)
        .sorted()
        .toList();
  }

  /// The same object as long as no concept changes; where one was put again as it was, another.
  public Object conceptsMark() {
    return concepts;
  }

  /// The codes of a concept of a model.
  public Optional<List<Code>> concept(String model, String concept) {
    return Optional.ofNullable(concepts.get(new Name(model, concept)));
  }

  /// The concepts of a model by name.
  public Map<String, List<Code>> concepts(String model) {
    Map<String, List<Code>> found = new TreeMap<>();
    concepts.forEach(
        (name, codes) -> {
          if (name.model().equals(model)) {
            found.put(name.local(), codes);
          }
        });
    return found;
  }

  /// The models that have a concept of this name.
  public List<String> modelsOfConcept(String concept) {
    return concepts.keySet().stream()
        .filter(name -> name.local().equals(concept))
        .map(Name::model)
        .sorted()
        .toList();
  }

  /// The monitors of a model by id.
  public Map<String, Monitor> monitors(String model) {
    Map<String, Monitor> found = new TreeMap<>();
    monitors.forEach(
        (name, monitor) -> {
          if (name.model().equals(model)) {
            found.put(name.local(), monitor);
          }
        });
    return found;
  }

  /// All monitors, by model and id.
  public List<Monitor> monitors() {
    return List.copyOf(new TreeMap<>(monitors).values());
  }

  /// The models whose monitors have this id.
  public List<String> modelsOfMonitor(String id) {
    return monitors.keySet().stream()
        .filter(name -> name.local().equals(id))
        .map(Name::model)
        .sorted()
        .toList();
  }

  /// Changes from which [#restore] gives this book: concepts first, so that each rule finds its
  /// own.
  public List<RuleChange> changes() {
    List<RuleChange> changes = new ArrayList<>();
    new TreeMap<>(concepts)
        .forEach(
            (name, codes) ->
                changes.add(
                    new RuleChange.ConceptPut(name.local(), name.model(), codes, "snapshot")));
    rules().forEach(rule -> changes.add(new RuleChange.RulePut(rule)));
    monitors().forEach(monitor -> changes.add(new RuleChange.MonitorPut(monitor)));
    return changes;
  }

  private void requireNext(long offset) {
    if (offset <= revision) {
      throw new IllegalArgumentException("offset=" + offset + ", revision=" + revision);
    }
  }

  private static void change(
      RuleChange change,
      Map<Name, Rule> rules,
      Map<Name, List<Code>> concepts,
      Map<Name, Monitor> monitors) {
    switch (change) {
      case RuleChange.RulePut(Rule rule) -> rules.put(new Name(rule.model(), rule.id()), rule);
      case RuleChange.RuleRemoved(String id, String _) ->
          rules.keySet().removeIf(name -> name.local().equals(id));
      case RuleChange.ConceptPut put ->
          concepts.put(new Name(put.model(), put.concept()), put.codes());
      case RuleChange.ConceptRemoved(String concept, String _) ->
          concepts.keySet().removeIf(name -> name.local().equals(concept));
      case RuleChange.MonitorPut(Monitor monitor) ->
          monitors.put(new Name(monitor.model(), monitor.id()), monitor);
      case RuleChange.MonitorRemoved(String id, String _) ->
          monitors.keySet().removeIf(name -> name.local().equals(id));
    }
  }

  private static Map<String, List<Rule>> byModel(Collection<Rule> rules) {
    Map<String, List<Rule>> models = new HashMap<>();
    for (Rule rule : rules) {
      models.computeIfAbsent(rule.model(), _ -> new ArrayList<>()).add(rule);
    }
    models.values().forEach(list -> list.sort(ORDER));
    models.replaceAll((_, list) -> List.copyOf(list));
    return models;
  }

  /// The lists after a change: one place in each is another, so nothing is sorted again.
  private static Map<String, List<Rule>> reordered(
      Map<String, List<Rule>> before, Map<Name, Rule> rules, RuleChange change) {
    Map<String, List<Rule>> after = new HashMap<>(before);
    switch (change) {
      case RuleChange.RulePut(Rule rule) -> {
        List<Rule> list = new ArrayList<>(before.getOrDefault(rule.model(), List.of()));
        remove(list, rules.get(new Name(rule.model(), rule.id())));
        list.add(-Collections.binarySearch(list, rule, ORDER) - 1, rule);
        after.put(rule.model(), Collections.unmodifiableList(list));
      }
      case RuleChange.RuleRemoved(String id, String _) ->
          before.forEach(
              (model, old) -> {
                List<Rule> list = new ArrayList<>(old);
                remove(list, rules.get(new Name(model, id)));
                after.put(model, Collections.unmodifiableList(list));
              });
      case RuleChange.ConceptPut _,
          RuleChange.ConceptRemoved _,
          RuleChange.MonitorPut _,
          RuleChange.MonitorRemoved _ -> {
        // Rules stay where they are.
      }
    }
    return after;
  }

  private static void remove(List<Rule> list, Rule ruleOrNull) {
    if (ruleOrNull != null) {
      list.remove(Collections.binarySearch(list, ruleOrNull, ORDER));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RuleBook book
        && revision == book.revision
        && rules.equals(book.rules)
        && concepts.equals(book.concepts)
        && monitors.equals(book.monitors);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(revision) + 31 * rules.hashCode();
  }

  @Override
  public String toString() {
    return "revision "
        + revision
        + ": "
        + rules.size()
        + " rules, "
        + concepts.size()
        + " concepts, "
        + monitors.size()
        + " monitors";
  }

  /// A rule or concept within the tenant.
  private record Name(String model, String local) implements Comparable<Name> {
    private static final Comparator<Name> BY_NAME =
        Comparator.comparing(Name::model).thenComparing(Name::local);

    @Override
    public int compareTo(Name other) {
      return BY_NAME.compare(this, other);
    }
  }
}
