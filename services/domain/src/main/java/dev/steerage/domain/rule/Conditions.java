package dev.steerage.domain.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Walks over the conditions of a rule.
public final class Conditions {
  private Conditions() {}

  /// Every condition of a rule, of `when` and of `until`, those inside of others included.
  public static Stream<Condition> all(Rule rule) {
    return Stream.concat(
        all(rule.when().condition()), rule.until().condition().stream().flatMap(Conditions::all));
  }

  /// A condition and those inside of it.
  public static Stream<Condition> all(Condition condition) {
    List<Condition> found = new ArrayList<>();
    collect(condition, found);
    return found.stream();
  }

  private static void collect(Condition condition, List<Condition> found) {
    found.add(condition);
    parts(condition).forEach(part -> collect(part, found));
  }

  /// The conditions directly inside of a condition.
  static List<Condition> parts(Condition condition) {
    return switch (condition) {
      case Condition.All(List<Condition> parts) -> parts;
      case Condition.Any(List<Condition> parts) -> parts;
      case Condition.Not(Condition part) -> List.of(part);
      case Condition.InPhase _,
          Condition.At _,
          Condition.AfterToken _,
          Condition.AfterSequence _,
          Condition.AfterText _,
          Condition.Fired _,
          Condition.Count _ ->
          List.of();
    };
  }

  /// The codes that a rule names: of conditions and of interventions.
  public static Stream<CodeSelection> selections(Rule rule) {
    return Stream.concat(
        all(rule).flatMap(condition -> codes(condition).stream()),
        rule.actions().stream()
            .filter(Action.Intervention.class::isInstance)
            .map(action -> ((Action.Intervention) action).codes()));
  }

  /// The codes that a condition names itself.
  static List<CodeSelection> codes(Condition condition) {
    return switch (condition) {
      case Condition.Fired fired -> List.of(fired.codes());
      case Condition.Count count -> List.of(count.codes());
      default -> List.of();
    };
  }

  /// Whether a rule looks at text.
  static boolean looksAtText(Rule rule) {
    return all(rule).anyMatch(Condition.AfterText.class::isInstance);
  }
}
