package dev.steerage.domain.rule;

import static dev.steerage.domain.rule.RuleValidation.add;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleProblem.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/// What can be checked against a model only: sites, codes, slots and token ids.
final class RuleCodeCheck {
  private final ModelShape model;
  private final Function<String, Optional<List<Code>>> concepts;
  private final List<RuleProblem> problems;

  RuleCodeCheck(
      ModelShape model,
      Function<String, Optional<List<Code>>> concepts,
      List<RuleProblem> problems) {
    this.model = model;
    this.concepts = concepts;
    this.problems = problems;
  }

  void check(Rule rule) {
    String name = "rule " + rule.id();
    Conditions.all(rule).forEach(condition -> checkCondition(condition, name));
    Map<Site, Demand> demands = new HashMap<>();
    for (Action action : rule.actions()) {
      if (action instanceof Action.Intervention intervention) {
        List<Code> codes = resolve(intervention.codes(), name);
        if (checkCodes(codes, name)) {
          codes.forEach(
              code ->
                  demands.computeIfAbsent(code.site(), _ -> new Demand()).add(intervention, code));
        }
      }
    }
    demands.forEach((site, demand) -> checkDemand(name, shape(site), demand));
    if (problems.isEmpty()) {
      Reach.obstacle(rule, model.maxPositions())
          .ifPresent(why -> add(problems, Kind.CONTRADICTION, name + " can never act: " + why));
    }
  }

  void checkMonitor(Monitor monitor) {
    String name = "monitor " + monitor.id();
    monitor.watchedCodes().forEach(codes -> checkCodes(resolve(codes, name), name));
    monitor
        .watchedSite()
        .filter(site -> model.indexOf(site).isEmpty())
        .ifPresent(
            site ->
                add(
                    problems,
                    Kind.UNKNOWN_SITE,
                    name + ": " + model.model() + " has no site " + site));
  }

  private void checkCondition(Condition condition, String name) {
    switch (condition) {
      case Condition.AfterToken(List<Integer> tokens) -> checkTokens(tokens, name);
      case Condition.AfterSequence(List<Integer> tokens) -> checkTokens(tokens, name);
      default ->
          Conditions.codes(condition).forEach(codes -> checkCodes(resolve(codes, name), name));
    }
  }

  private void checkTokens(List<Integer> tokens, String name) {
    for (int token : tokens) {
      if (token < 0 || token >= model.vocabulary()) {
        add(problems, Kind.BAD_TOKEN, name + ": token=" + token + ", limit=" + model.vocabulary());
      }
    }
  }

  /// Whether all codes exist.
  boolean checkCodes(List<Code> codes, String name) {
    boolean exist = true;
    for (Code code : codes) {
      OptionalInt index = model.indexOf(code.site());
      if (index.isEmpty()) {
        add(
            problems,
            Kind.UNKNOWN_SITE,
            name + ": " + model.model() + " has no site " + code.site());
        exist = false;
      } else if (code.id() >= shape(code.site()).codes()) {
        int limit = shape(code.site()).codes();
        add(problems, Kind.UNKNOWN_CODE, name + ": code=" + code + ", limit=" + limit);
        exist = false;
      }
    }
    return exist;
  }

  private List<Code> resolve(CodeSelection selection, String name) {
    return switch (selection) {
      case CodeSelection.Codes codes -> codes.codes();
      case CodeSelection.Concept concept -> {
        Optional<List<Code>> codes = concepts.apply(concept.name());
        if (codes.isEmpty()) {
          add(problems, Kind.UNKNOWN_CONCEPT, name + ": no concept " + concept.name());
        }
        yield codes.orElse(List.of());
      }
    };
  }

  private void checkDemand(String name, SiteShape site, Demand demand) {
    int slots = site.activeCodes();
    String at = name + " at " + site.site();
    demand.slots.stream()
        .filter(slot -> slot >= slots)
        .findFirst()
        .ifPresent(
            slot ->
                add(problems, Kind.BAD_NUMBER, at + ": slots=" + slot + ", limit=" + (slots - 1)));
    int activations = demand.leastSimilar.size() + demand.slots.size() + demand.repeatedSlots;
    int wholes = demand.all.size();
    if (activations > slots || wholes > 1 || (wholes == 1 && activations > 0)) {
      add(
          problems,
          Kind.TOO_MANY_ACTIVATIONS,
          at + ": activations=" + (activations + wholes * slots) + ", limit=" + slots);
    } else if (demand.repeatedSlots > 0) {
      add(problems, Kind.TOO_MANY_ACTIVATIONS, at + ": two codes for one slot");
    }
    demand
        .contradiction()
        .ifPresent(why -> add(problems, Kind.CONTRADICTION, at + ": code " + why));
    if (demand.banned.size() > site.codes() - slots) {
      add(
          problems,
          Kind.OVER_LIMIT,
          at + ": bans=" + demand.banned.size() + ", limit=" + (site.codes() - slots));
    }
    if (demand.appended.size() > RuleLimits.APPENDS) {
      add(
          problems,
          Kind.OVER_LIMIT,
          at + ": appends=" + demand.appended.size() + ", limit=" + RuleLimits.APPENDS);
    }
  }

  private SiteShape shape(Site site) {
    return model.sites().get(model.indexOf(site).orElseThrow());
  }

  /// What one rule asks of one site.
  private static final class Demand {
    private final Set<Integer> leastSimilar = new HashSet<>();
    private final Set<Integer> all = new HashSet<>();
    private final Set<Integer> banned = new HashSet<>();
    private final Set<Integer> appended = new HashSet<>();
    private final Set<Integer> slots = new HashSet<>();
    private final Set<Integer> ablated = new HashSet<>();
    private int repeatedSlots;

    void add(Action.Intervention action, Code code) {

      switch (action) {
        case Action.Activate(CodeSelection _, Action.Slots.LeastSimilar()) ->
            leastSimilar.add(code.id());
        case Action.Activate(CodeSelection _, Action.Slots.All()) -> all.add(code.id());
        case Action.Activate(CodeSelection _, Action.Slots.At(int slot)) -> {
          repeatedSlots += slots.add(slot) ? 0 : 1;
        }
        case Action.Append _ -> appended.add(code.id());
        case Action.Ban _ -> banned.add(code.id());
        case Action.Ablate _ -> ablated.add(code.id());
      }
    }

    /// What the rule asks for and forbids in one breath. A banned code that is activated is a way
    /// to say where it may be, so it is taken.
    Optional<String> contradiction() {
      return ablated.stream()
          .filter(banned::contains)
          .findFirst()
          .map(code -> code + " is banned, so that no slot is left to ablate");
    }
  }
}
