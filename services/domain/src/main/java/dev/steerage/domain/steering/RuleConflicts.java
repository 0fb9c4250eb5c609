package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What would give way if two rules acted at one position.
public final class RuleConflicts {
  private RuleConflicts() {}

  /// Conflicts of two rules of one model; none where no request can match both.
  ///
  /// @param book of the concepts that they name
  public static List<SlotConflict> between(Rule a, Rule b, RuleBook book, ModelShape model) {
    if (!canMatchTogether(a.match(), b.match())) {
      return List.of();
    }
    PlanBuilder builder = new PlanBuilder(model);
    Stream.of(a, b)
        .sorted(RuleBook.ORDER)
        .forEach(
            rule ->
                rule.actions().stream()
                    .filter(Action.Intervention.class::isInstance)
                    .map(Action.Intervention.class::cast)
                    .forEach(
                        action ->
                            builder.add(rule.id(), action, codes(action.codes(), rule, book))));
    return builder.build().conflicts();
  }

  private static List<Code> codes(CodeSelection selection, Rule rule, RuleBook book) {
    return switch (selection) {
      case CodeSelection.Codes codes -> codes.codes();
      case CodeSelection.Concept concept ->
          book.concept(rule.model(), concept.name()).orElse(List.of());
    };
  }

  private static boolean canMatchTogether(Match a, Match b) {
    return canBeEqual(a.request(), b.request())
        && canBeEqual(a.session(), b.session())
        && a.labels().entrySet().stream().allMatch(label -> allows(b.labels(), label))
        && a.percent() > 0
        && b.percent() > 0;
  }

  private static boolean canBeEqual(Optional<String> a, Optional<String> b) {
    return a.isEmpty() || b.isEmpty() || a.equals(b);
  }

  private static boolean allows(Map<String, String> labels, Map.Entry<String, String> label) {
    return label.getValue().equals(labels.getOrDefault(label.getKey(), label.getValue()));
  }
}
