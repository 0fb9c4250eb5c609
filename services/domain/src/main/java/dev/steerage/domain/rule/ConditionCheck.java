package dev.steerage.domain.rule;

import static dev.steerage.domain.rule.RuleValidation.add;

import dev.steerage.domain.rule.RuleProblem.Kind;
import dev.steerage.domain.text.PatternException;
import dev.steerage.domain.text.TextPattern;
import java.util.List;
import java.util.function.Consumer;

/// Numbers, counts and patterns of the conditions of one rule.
final class ConditionCheck {
  private final List<RuleProblem> problems;
  private final Consumer<CodeSelection> selections;
  private int conditions;

  /// @param selections hears of the codes that conditions name
  ConditionCheck(List<RuleProblem> problems, Consumer<CodeSelection> selections) {
    this.problems = problems;
    this.selections = selections;
  }

  /// Checks a condition and those inside of it.
  ///
  /// @param place where it stands, for the refusal
  void check(String place, Condition condition) {
    check(place, condition, 0);
    if (conditions > RuleLimits.CONDITIONS) {
      over(place + ": conditions", conditions, RuleLimits.CONDITIONS);
    }
  }

  private void check(String place, Condition condition, int depth) {
    // The conjunction that a rule begins with is none that somebody wrote.
    conditions += depth > 0 ? 1 : 0;
    if (depth > RuleLimits.DEPTH) {
      over(place + ": depth", depth, RuleLimits.DEPTH);
      return;
    }
    switch (condition) {
      case Condition.InPhase _ -> {
        // A closed set.
      }
      case Condition.At(When.Positions positions) -> positions(place, positions);
      case Condition.AfterToken(List<Integer> tokens) ->
          count(place + ".after.tokens", tokens.size(), 1, RuleLimits.LISTED);
      case Condition.AfterSequence(List<Integer> tokens) ->
          count(place + ".after.sequence", tokens.size(), 1, RuleLimits.SEQUENCE);
      case Condition.AfterText(String pattern) -> text(place, pattern);
      case Condition.Fired(CodeSelection codes, int within) -> {
        selections.accept(codes);
        window(place + ".fired: within", within);
      }
      case Condition.Count(CodeSelection codes, int over, int atLeast) -> {
        selections.accept(codes);
        window(place + ".count: over", over);
        if (atLeast < 1) {
          add(problems, Kind.BAD_NUMBER, place + ".count: atLeast=" + atLeast + ", expected >= 1");
        } else if (atLeast > over) {
          String numbers = "atLeast=" + atLeast + ", over=" + over;
          add(problems, Kind.CONTRADICTION, place + ".count can never hold: " + numbers);
        }
      }
      case Condition.All(List<Condition> parts) -> parts(place, parts, depth, depth > 0);
      case Condition.Any(List<Condition> parts) -> parts(place, parts, depth, true);
      case Condition.Not(Condition part) -> check(place, part, depth + 1);
    }
  }

  private void parts(String place, List<Condition> parts, int depth, boolean needsSome) {
    if (needsSome && parts.isEmpty()) {
      add(problems, Kind.OVER_LIMIT, place + ": all or any without conditions");
    }
    parts.forEach(part -> check(place, part, depth + 1));
  }

  private void positions(String place, When.Positions positions) {
    switch (positions) {
      case When.Positions.Listed(List<Integer> listed) -> {
        count(place + ".positions", listed.size(), 1, RuleLimits.LISTED);
        if (!listed.isEmpty() && listed.getFirst() < 0) {
          add(problems, Kind.BAD_NUMBER, "position=" + listed.getFirst() + ", expected >= 0");
        }
      }
      case When.Positions.Range(int from, int to) -> {
        if (from < 0 || to <= from) {
          add(problems, Kind.BAD_NUMBER, place + ".positions: from=" + from + ", to=" + to);
        }
      }
      case When.Positions.Every _ -> {
        // Checked where it is made.
      }
    }
  }

  private void text(String place, String pattern) {
    if (pattern.length() > RuleLimits.TEXT) {
      over(place + ".after.text: characters", pattern.length(), RuleLimits.TEXT);
      return;
    }
    try {
      TextPattern.parse(pattern);
    } catch (PatternException e) {
      add(problems, Kind.BAD_PATTERN, place + ".after.text: " + e.getMessage());
    }
  }

  private void window(String what, int positions) {
    if (positions < 1) {
      add(problems, Kind.BAD_NUMBER, what + "=" + positions + ", expected >= 1");
    } else if (positions > RuleLimits.WITHIN) {
      over(what, positions, RuleLimits.WITHIN);
    }
  }

  private void count(String what, int count, int least, int most) {
    if (count < least || count > most) {
      add(problems, Kind.OVER_LIMIT, what + "=" + count + ", limit=" + least + ".." + most);
    }
  }

  private void over(String what, int value, int limit) {
    add(problems, Kind.OVER_LIMIT, what + "=" + value + ", limit=" + limit);
  }
}
