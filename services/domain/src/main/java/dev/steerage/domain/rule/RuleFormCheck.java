package dev.steerage.domain.rule;

import static dev.steerage.domain.rule.RuleValidation.add;

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
    for (Action action : rule.actions()) {
      selection(action.codes());
      if (action instanceof Action.Activate(CodeSelection _, Action.Slots.At(int slot))
          && slot < 0) {
        add(problems, Kind.BAD_NUMBER, "slots=" + slot + ", expected >= 0");
      }
    }
    match(rule.match());
    when(rule.when());
    rule.until()
        .tokens()
        .ifPresent(
            tokens -> {
              if (tokens < 1) {
                add(problems, Kind.BAD_NUMBER, "until.tokens=" + tokens + ", expected >= 1");
              }
            });
  }

  void checkConcept(RuleChange.ConceptPut put) {
    name("concept", put.concept(), NAME);
    name("model", put.model(), NAME);
    text("author", put.author());
    count("codes of a concept", put.codes().size(), 1, RuleLimits.CODES);
  }

  private void match(Match match) {
    match.request().ifPresent(request -> text("match.request", request));
    match.session().ifPresent(session -> text("match.session", session));
    count("match.labels", match.labels().size(), 0, RuleLimits.LABELS);
  }

  private void when(When when) {
    count("when.after.tokens", when.after().size(), 0, RuleLimits.LISTED);
    when.positions().ifPresent(this::positions);
    when.fired()
        .ifPresent(
            fired -> {
              selection(fired.codes());
              if (fired.within() > RuleLimits.WITHIN) {
                add(
                    problems,
                    Kind.OVER_LIMIT,
                    "within=" + fired.within() + ", limit=" + RuleLimits.WITHIN);
              }
            });
  }

  private void positions(When.Positions positions) {
    switch (positions) {
      case When.Positions.Listed(List<Integer> listed) -> {
        count("when.positions", listed.size(), 1, RuleLimits.LISTED);
        if (!listed.isEmpty() && listed.getFirst() < 0) {
          add(problems, Kind.BAD_NUMBER, "position=" + listed.getFirst() + ", expected >= 0");
        }
      }
      case When.Positions.Range(int from, int to) -> {
        if (from < 0 || to <= from) {
          add(problems, Kind.BAD_NUMBER, "positions: from=" + from + ", to=" + to);
        }
      }
      case When.Positions.Every _ -> {
        // Checked where it is made.
      }
    }
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
