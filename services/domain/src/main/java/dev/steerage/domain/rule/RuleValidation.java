package dev.steerage.domain.rule;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.monitor.FeedbackCycle;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.monitor.MonitorCheck;
import dev.steerage.domain.monitor.MonitorLimits;
import dev.steerage.domain.rule.RuleProblem.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// Whether a change may be taken. Depends on the book, the change and the model only, so every
/// worker of a model decides alike, live and in a replay. A change with one problem is refused as a
/// whole.
public final class RuleValidation {
  private RuleValidation() {}

  /// What is wrong with a change for the workers of `model`; empty: it may be applied. Codes of
  /// another model are left to that model's workers.
  public static List<RuleProblem> check(RuleBook book, RuleChange change, ModelShape model) {
    return check(book, change, model, OptionalInt.empty());
  }

  /// The same for a tenant that may have so many rules of a model.
  ///
  /// @param mostRules what its quota was when the broker took the change; empty: none
  public static List<RuleProblem> check(
      RuleBook book, RuleChange change, ModelShape model, OptionalInt mostRules) {
    List<RuleProblem> problems = new ArrayList<>();
    switch (change) {
      case RuleChange.RulePut(Rule rule) -> {
        checkRule(rule, model, concepts(book, rule.model()), problems);
        if (book.rule(rule.model(), rule.id()).isEmpty()) {
          checkCount(book.ruleCount(rule.model()), mostRules, problems);
        }
        checkTextRules(book, rule, problems);
      }
      case RuleChange.RuleRemoved(String id, String _) -> {
        if (book.modelsOfRule(id).isEmpty()) {
          add(problems, Kind.UNKNOWN_RULE, "no rule of this id");
        }
      }
      case RuleChange.ConceptPut put -> checkConcept(book, put, model, problems);
      case RuleChange.ConceptRemoved(String concept, String _) ->
          checkRemoval(book, concept, model, problems);
      case RuleChange.MonitorPut(Monitor monitor) -> checkMonitor(book, monitor, model, problems);
      case RuleChange.MonitorRemoved(String id, String _) -> {
        if (book.modelsOfMonitor(id).isEmpty()) {
          add(problems, Kind.UNKNOWN_MONITOR, "no monitor of this id");
        }
      }
    }
    return List.copyOf(problems);
  }

  /// What is wrong with a rule that a prompt or command carries.
  ///
  /// @param concepts the codes of a concept; where nothing is known about concepts yet, a function
  ///   that gives an empty list for each
  public static List<RuleProblem> checkInline(
      Rule rule, ModelShape model, Function<String, Optional<List<Code>>> concepts) {
    List<RuleProblem> problems = new ArrayList<>();
    if (!rule.model().equals(model.model())) {
      add(problems, Kind.UNKNOWN_MODEL, "rule " + rule.id() + " is for another model");
    }
    checkRule(rule, model, concepts, problems);
    return List.copyOf(problems);
  }

  private static void checkMonitor(
      RuleBook book, Monitor monitor, ModelShape model, List<RuleProblem> problems) {
    problems.addAll(MonitorCheck.form(monitor));
    new RuleFormCheck(problems).checkMonitor(monitor);
    Map<String, Monitor> others = book.monitors(monitor.model());
    if (!others.containsKey(monitor.id()) && others.size() >= MonitorLimits.MONITORS) {
      add(problems, Kind.OVER_LIMIT, "monitors of the tenant: limit=" + MonitorLimits.MONITORS);
    }
    Function<String, Optional<List<Code>>> concepts = concepts(book, monitor.model());
    monitor.then().ifPresent(rule -> checkRule(rule, model, concepts, problems));
    if (!problems.isEmpty() || !monitor.model().equals(model.model())) {
      return;
    }
    new RuleCodeCheck(model, concepts, problems).checkMonitor(monitor);
    problems.addAll(MonitorCheck.reach(monitor, model));
    FeedbackCycle.through(
            monitor,
            List.copyOf(others.values()),
            concept -> concepts.apply(concept).orElse(List.of()))
        .ifPresent(cycle -> add(problems, Kind.FEEDBACK_CYCLE, cycle));
  }

  private static void checkCount(int count, OptionalInt most, List<RuleProblem> problems) {
    if (count >= RuleLimits.RULES) {
      add(problems, Kind.OVER_LIMIT, "rules of the tenant: limit=" + RuleLimits.RULES);
    } else if (most.isPresent() && count >= most.getAsInt()) {
      add(problems, Kind.OVER_QUOTA, "rules of the tenant: quota=" + most.getAsInt());
    }
  }

  private static void checkTextRules(RuleBook book, Rule rule, List<RuleProblem> problems) {
    if (!Conditions.looksAtText(rule)) {
      return;
    }
    long others =
        book.rules(rule.model()).stream()
            .filter(other -> !other.id().equals(rule.id()) && Conditions.looksAtText(other))
            .count();
    if (others >= RuleLimits.TEXT_RULES) {
      String limit = "limit=" + RuleLimits.TEXT_RULES;
      add(problems, Kind.OVER_LIMIT, "rules of the tenant that look at text: " + limit);
    }
  }

  private static Function<String, Optional<List<Code>>> concepts(RuleBook book, String model) {
    return concept -> book.concept(model, concept);
  }

  private static void checkRule(
      Rule rule,
      ModelShape model,
      Function<String, Optional<List<Code>>> concepts,
      List<RuleProblem> problems) {
    new RuleFormCheck(problems).check(rule);
    if (problems.isEmpty() && rule.model().equals(model.model())) {
      new RuleCodeCheck(model, concepts, problems).check(rule);
    }
  }

  private static void checkConcept(
      RuleBook book, RuleChange.ConceptPut put, ModelShape model, List<RuleProblem> problems) {
    new RuleFormCheck(problems).checkConcept(put);
    if (book.concept(put.model(), put.concept()).isEmpty()
        && book.conceptCount(put.model()) >= RuleLimits.CONCEPTS) {
      add(problems, Kind.OVER_LIMIT, "concepts of the tenant: limit=" + RuleLimits.CONCEPTS);
    }
    if (!problems.isEmpty() || !put.model().equals(model.model())) {
      return;
    }
    Function<String, Optional<List<Code>>> next =
        concept ->
            concept.equals(put.concept())
                ? Optional.of(put.codes())
                : book.concept(put.model(), concept);
    new RuleCodeCheck(model, next, problems).checkCodes(put.codes(), "concept " + put.concept());
    if (book.concept(put.model(), put.concept()).isEmpty()) {
      // No rule can name what was not there.
      return;
    }
    for (Rule rule : book.rules(put.model())) {
      if (problems.isEmpty() && names(rule, put.concept())) {
        new RuleCodeCheck(model, next, problems).check(rule);
      }
    }
    checkMonitorsOf(book, put, next, problems);
  }

  /// A concept with other codes may close a cycle between the monitors that name it.
  private static void checkMonitorsOf(
      RuleBook book,
      RuleChange.ConceptPut put,
      Function<String, Optional<List<Code>>> next,
      List<RuleProblem> problems) {
    List<Monitor> monitors = List.copyOf(book.monitors(put.model()).values());
    for (Monitor monitor : monitors) {
      if (problems.isEmpty() && monitor.names(put.concept())) {
        FeedbackCycle.through(monitor, monitors, concept -> next.apply(concept).orElse(List.of()))
            .ifPresent(cycle -> add(problems, Kind.FEEDBACK_CYCLE, cycle));
      }
    }
  }

  private static void checkRemoval(
      RuleBook book, String concept, ModelShape model, List<RuleProblem> problems) {
    if (book.modelsOfConcept(concept).isEmpty()) {
      add(problems, Kind.UNKNOWN_CONCEPT, "no concept of this name");
      return;
    }
    for (Rule rule : book.rules(model.model())) {
      if (names(rule, concept)) {
        add(problems, Kind.IN_USE, "rule " + rule.id() + " names the concept");
        return;
      }
    }
    for (Monitor monitor : book.monitors(model.model()).values()) {
      if (monitor.names(concept)) {
        add(problems, Kind.IN_USE, "monitor " + monitor.id() + " names the concept");
        return;
      }
    }
  }

  private static boolean names(Rule rule, String concept) {
    return Conditions.selections(rule).anyMatch(codes -> isConcept(codes, concept));
  }

  private static boolean isConcept(CodeSelection selection, String concept) {
    return selection instanceof CodeSelection.Concept(String name) && name.equals(concept);
  }

  static void add(List<RuleProblem> problems, Kind kind, String detail) {
    if (problems.size() < 8) {
      problems.add(new RuleProblem(kind, detail));
    }
  }
}
