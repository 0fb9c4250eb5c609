package dev.steerage.cli.rule;

import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.schemas.message.ModelCard;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The rule log as the workers of one model judge it: what is in force at a revision.
///
/// @param model its name
/// @param shape what changes are checked against; of a model that nobody serves only names, numbers
///   and counts are checked
/// @param isServed whether a worker serves it
/// @param book in force
/// @param origins by rule id: the record that put it
public record JudgedLog(
    String model,
    ModelShape shape,
    boolean isServed,
    RuleBook book,
    Map<String, Revision> origins) {
  /// Every model that is served or that a rule is about, by name.
  ///
  /// @param until last revision that counts
  public static Map<String, JudgedLog> read(EventLog log, List<Revision> history, long until) {
    Map<String, Event<ModelCard>> cards = Models.read(log);
    Set<String> models = new TreeSet<>(cards.keySet());
    history.forEach(revision -> revision.change().ifPresent(change -> name(change, models)));
    Map<String, JudgedLog> judged = new TreeMap<>();
    for (String model : models) {
      Optional<ModelShape> shape =
          Optional.ofNullable(cards.get(model)).map(card -> card.value().orThrow().shape());
      judged.put(model, judge(model, shape, history, until));
    }
    return judged;
  }

  private static void name(RuleChange change, Set<String> models) {
    switch (change) {
      case RuleChange.RulePut put -> models.add(put.rule().model());
      case RuleChange.ConceptPut put -> models.add(put.model());
      case RuleChange.MonitorPut put -> models.add(put.monitor().model());
      case RuleChange.RuleRemoved _, RuleChange.ConceptRemoved _, RuleChange.MonitorRemoved _ -> {
        // It removes what another record has named.
      }
    }
  }

  /// Of a model that nobody serves and no rule is about.
  public static JudgedLog unserved(String model, List<Revision> history) {
    return judge(model, Optional.empty(), history, Long.MAX_VALUE);
  }

  /// @param shape of the model, where it is served
  static JudgedLog judge(
      String model, Optional<ModelShape> shape, List<Revision> history, long until) {
    // A shape of no name leaves codes to the workers of the model.
    ModelShape known = shape.orElseGet(() -> new ModelShape("", List.of(), 0, 0));
    RuleBook book = RuleBook.empty();
    Map<String, Revision> origins = new HashMap<>();
    for (Revision revision : history) {
      if (revision.number() > until) {
        break;
      }
      Optional<RuleChange> change = revision.change();
      boolean isTaken =
          change.isPresent() && RuleValidation.check(book, change.get(), known).isEmpty();
      if (isTaken) {
        book = book.apply(revision.number(), change.get());
        if (change.get() instanceof RuleChange.RulePut(var rule) && rule.model().equals(model)) {
          origins.put(rule.id(), revision);
        }
      } else {
        book = book.skip(revision.number());
      }
    }
    return new JudgedLog(model, known, shape.isPresent(), book, origins);
  }

  /// What is wrong with a change; empty: it would be taken.
  public List<RuleProblem> problems(RuleChange change) {
    return RuleValidation.check(book, change, shape);
  }
}
