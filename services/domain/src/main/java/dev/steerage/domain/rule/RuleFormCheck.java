package dev.steerage.domain.rule;

import static dev.steerage.domain.rule.RuleValidation.add;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.rule.RuleProblem.Kind;
import java.util.List;
import java.util.regex.Pattern;

/// What can be checked without a model: names, numbers and counts.
final class RuleFormCheck {
  /// Names of rules and concepts. A `:` is free for ids that Steerage makes.
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /// Ids of rules that come with a prompt or command may carry a prefix.
  private static final Pattern RULE = Pattern.compile("([a-z]{1,16}:)?[A-Za-z0-9._-]{1,64}");

  private final List<RuleProblem> problems;

  RuleFormCheck(List<RuleProblem> problems) {
    this.problems = problems;
  }

  void check(Rule rule) {
    name("rule", rule.id(), RULE);
    name("model", rule.model(), NAME);
    text("author", rule.author());
    if (Math.abs((long) rule.priority()) > RuleLimits.PRIORITY) {
      add(problems, Kind.BAD_NUMBER, "priority=" + rule.priority());
    }
    count("actions", rule.actions().size(), 1, RuleLimits.ACTIONS);
    rule.actions().forEach(this::action);
    match(rule.match());
    var conditions = new ConditionCheck(problems, this::selection);
    conditions.check("when", rule.when().condition());
    rule.until().condition().ifPresent(end -> conditions.check("until.when", end));
    rule.until().tokens().ifPresent(tokens -> atLeastOne("until.tokens", tokens));
    rule.until().uses().ifPresent(uses -> atLeastOne("until.uses", uses));
    rule.until().timeMs().ifPresent(time -> atLeastOne("until.timeMs", time));
  }

  private void action(Action action) {
    switch (action) {
      case Action.Intervention intervention -> {
        selection(intervention.codes());
        if (action instanceof Action.Activate(CodeSelection _, Action.Slots.At(int slot))
            && slot < 0) {
          add(problems, Kind.BAD_NUMBER, "slots=" + slot + ", expected >= 0");
        }
      }
      case Action.Stop() -> {
        // Nothing to say wrong.
      }
      case Action.Tag(String tag) -> name("tag", tag, NAME);
      case Action.Alert(Action.Severity _, String message) -> text("alert.message", message);
    }
  }

  private void atLeastOne(String field, long value) {
    if (value < 1) {
      add(problems, Kind.BAD_NUMBER, field + "=" + value + ", expected >= 1");
    }
  }

  void checkConcept(RuleChange.ConceptPut put) {
    name("concept", put.concept(), NAME);
    name("model", put.model(), NAME);
    text("author", put.author());
    count("codes of a concept", put.codes().size(), 1, RuleLimits.CODES);
  }

  void checkMonitor(Monitor monitor) {
    name("model", monitor.model(), NAME);
    text("author", monitor.author());
    monitor.watchedCodes().forEach(this::selection);
  }

  private void match(Match match) {
    match.request().ifPresent(request -> text("match.request", request));
    match.session().ifPresent(session -> text("match.session", session));
    count("match.labels", match.labels().size(), 0, RuleLimits.LABELS);
  }

  private void selection(CodeSelection selection) {
    switch (selection) {
      case CodeSelection.Codes codes -> count("codes", codes.codes().size(), 1, RuleLimits.CODES);
      case CodeSelection.Concept concept -> name("concept", concept.name(), NAME);
    }
  }

  private void name(String field, String value, Pattern form) {
    if (!form.matcher(value).matches()) {
      add(problems, Kind.BAD_NAME, field + ": expected " + NAME);
    }
  }

  private void text(String field, String value) {
    if (value.isBlank() || value.length() > RuleLimits.TEXT) {
      add(problems, Kind.BAD_NAME, field + ": expected 1 to " + RuleLimits.TEXT + " characters");
    }
  }

  private void count(String what, int count, int least, int most) {
    if (count < least || count > most) {
      add(problems, Kind.OVER_LIMIT, what + "=" + count + ", limit=" + least + ".." + most);
    }
  }
}
