package dev.steerage.worker.benchmark;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Condition;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/// Rules in force that wait: each has to be kept in mind at every position, and none acts, so that
/// what is measured is the looking and not the steering.
final class ManyRules {
  /// Values that a label or a session takes.
  static final int VALUES = 1_000;

  private ManyRules() {}

  /// The i-th rule: a fifth each for every request after some code fired, for one label, for one
  /// session, for a tenth of all sessions after a pair of tokens, and for every request; all of
  /// them at a position that no request reads.
  static Rule of(int i, int version, ModelShape model) {
    SplittableRandom random = new SplittableRandom(31L * i + version);
    SiteShape site = model.sites().get(random.nextInt(model.sites().size()));
    CodeSelection code =
        new CodeSelection.Codes(List.of(new Code(site.site(), random.nextInt(site.codes()))));
    Match match =
        switch (i % 5) {
          case 1 ->
              new Match(Optional.empty(), Optional.empty(), Map.of("app", "a" + i % VALUES), 100);
          case 2 -> new Match(Optional.empty(), Optional.of("s" + i % VALUES), Map.of(), 100);
          case 3 -> new Match(Optional.empty(), Optional.empty(), Map.of(), 10);
          default -> Match.ALL;
        };
    // Never read: the last token of a context is chosen at the position before.
    int last = model.maxPositions() - 1;
    Optional<When.Positions> far = Optional.of(new When.Positions.Range(last, last + 1));
    Optional<When.Fired> fired =
        i % 5 == 4 || i % 5 == 3 ? Optional.empty() : Optional.of(new When.Fired(code, 8));
    List<Condition> pair =
        i % 5 == 3
            ? List.of(
                new Condition.AfterSequence(List.of(random.nextInt(1_000), random.nextInt(1_000))))
            : List.of();
    When when = new When(When.Phase.ANY, far, false, List.of(), fired, pair);
    Action push = new Action.Activate(code, new Action.Slots.LeastSimilar());
    return new Rule(
        "rule-" + i, model.model(), i % 7, match, when, List.of(push), Until.NEVER, "bench");
  }
}
