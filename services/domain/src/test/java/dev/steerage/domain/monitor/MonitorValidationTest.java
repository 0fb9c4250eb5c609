package dev.steerage.domain.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleDiff;
import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.domain.rule.RuleProblem.Kind;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MonitorValidationTest {
  private static final ModelShape MODEL =
      new ModelShape("m", List.of(new SiteShape(Site.parse("L0.mlp"), 100, 2, 8)), 50, 64);
  private static final MonitorWindow WINDOW = new MonitorWindow.Tumbling(1_000);

  private static CodeSelection codes(int... ids) {
    return new CodeSelection.Codes(
        java.util.Arrays.stream(ids).mapToObj(id -> new Code(Site.parse("L0.mlp"), id)).toList());
  }

  private static Monitor monitor(
      String id, Measure measure, Bound bound, MonitorScope scope, int support, Rule then) {
    return new Monitor(
        id,
        "m",
        measure,
        WINDOW,
        scope,
        Optional.ofNullable(bound),
        support,
        1_000,
        Action.Severity.WARNING,
        Optional.empty(),
        Optional.ofNullable(then),
        "ana");
  }

  private static Monitor simple(Measure measure, Bound bound) {
    return monitor("a", measure, bound, new MonitorScope.OfTenant(), 10, null);
  }

  private static Bound above(double value, double clear) {
    return new Bound(Bound.Side.ABOVE, value, clear);
  }

  private static Bound below(double value, double clear) {
    return new Bound(Bound.Side.BELOW, value, clear);
  }

  /// Watches some codes and bans others.
  private static Monitor bans(String id, CodeSelection watched, CodeSelection banned) {
    Rule rule =
        new Rule(
            Monitor.ruleId(id),
            "m",
            0,
            Match.ALL,
            When.ALWAYS,
            List.of(new Action.Ban(banned)),
            Until.NEVER,
            Monitor.ruleId(id));
    return monitor(
        id, new Measure.Share(watched), above(0.5, 0.1), new MonitorScope.OfTenant(), 10, rule);
  }

  private static List<RuleProblem> check(RuleBook book, Monitor monitor) {
    return RuleValidation.check(book, new RuleChange.MonitorPut(monitor), MODEL);
  }

  private static List<Kind> kinds(Monitor monitor) {
    return check(RuleBook.empty(), monitor).stream().map(RuleProblem::kind).toList();
  }

  @Test
  void shouldTakeOneOfEachMeasure() {
    assertThat(kinds(simple(new Measure.Rate(codes(1)), above(5, 1)))).isEmpty();
    assertThat(kinds(simple(new Measure.Share(codes(1)), below(0.2, 0.3)))).isEmpty();
    assertThat(kinds(simple(new Measure.Absence(codes(1)), null))).isEmpty();
    assertThat(kinds(simple(new Measure.CoFiring(codes(1), codes(2)), above(0.5, 0.5)))).isEmpty();
    assertThat(kinds(simple(new Measure.Distinct(Site.parse("L0.mlp")), below(5, 8)))).isEmpty();
    assertThat(kinds(simple(new Measure.Entropy(Site.parse("L0.mlp")), above(4, 3)))).isEmpty();
    assertThat(kinds(simple(new Measure.Drift(Site.parse("L0.mlp"), 100, 0.99), null))).isEmpty();
  }

  @Test
  void shouldRefuseWhatCanNeverFire() {
    List<Kind> never = List.of(Kind.CONTRADICTION);
    assertThat(kinds(simple(new Measure.Share(codes(1)), above(1, 0.5)))).isEqualTo(never);
    assertThat(kinds(simple(new Measure.Rate(codes(1)), below(0, 1)))).isEqualTo(never);
    assertThat(kinds(simple(new Measure.Distinct(Site.parse("L0.mlp")), above(100, 5))))
        .isEqualTo(never);
    assertThat(kinds(simple(new Measure.Entropy(Site.parse("L0.mlp")), above(4.7, 3))))
        .isEqualTo(never);
    assertThat(kinds(simple(new Measure.Drift(Site.parse("L0.mlp"), 20, 0.9), above(0.7, 0.1))))
        .isEqualTo(never);
    assertThat(kinds(simple(new Measure.Drift(Site.parse("L0.mlp"), 20, 0.9), null))).isEmpty();
    assertThat(
            kinds(
                monitor(
                    "a",
                    new Measure.Drift(Site.parse("L0.mlp"), 20, 0.9),
                    null,
                    new MonitorScope.OfTenant(),
                    11,
                    null)))
        .isEqualTo(never);
    assertThat(
            kinds(
                monitor(
                    "a",
                    new Measure.Rate(codes(1)),
                    above(1, 1),
                    new MonitorScope.OfRequest(),
                    65,
                    null)))
        .isEqualTo(never);
  }

  @Test
  void shouldRefuseAHysteresisTheWrongWayRound() {
    assertThat(kinds(simple(new Measure.Rate(codes(1)), above(1, 2))))
        .containsExactly(Kind.CONTRADICTION);
    assertThat(kinds(simple(new Measure.Rate(codes(1)), below(2, 1))))
        .containsExactly(Kind.CONTRADICTION);
  }

  @Test
  void shouldRefuseWhatTheModelDoesNotHave() {
    assertThat(kinds(simple(new Measure.Rate(codes(100)), above(1, 1))))
        .containsExactly(Kind.UNKNOWN_CODE);
    assertThat(kinds(simple(new Measure.Distinct(Site.parse("L1.mlp")), above(1, 1))))
        .contains(Kind.UNKNOWN_SITE);
    assertThat(kinds(simple(new Measure.Rate(new CodeSelection.Concept("fire")), above(1, 1))))
        .containsExactly(Kind.UNKNOWN_CONCEPT);
  }

  @Test
  void shouldRefuseACycleOfMonitorsWithTheReason() {
    RuleBook book =
        RuleBook.empty()
            .apply(0, new RuleChange.MonitorPut(bans("a", codes(1), codes(2))))
            .apply(1, new RuleChange.MonitorPut(bans("b", codes(2), codes(3))));
    assertThat(check(book, bans("c", codes(3), codes(1))))
        .containsExactly(
            new RuleProblem(
                Kind.FEEDBACK_CYCLE,
                "the rule of c changes L0.mlp:1 that a watches, the rule of a changes L0.mlp:2"
                    + " that b watches, the rule of b changes L0.mlp:3 that c watches"));
    assertThat(check(book, bans("c", codes(3), codes(4)))).isEmpty();
    // Its own loop has a cool-down.
    assertThat(check(book, bans("c", codes(9), codes(9)))).isEmpty();
    // Putting it again does not make a cycle with what it replaces.
    assertThat(check(book, bans("b", codes(2), codes(3)))).isEmpty();
  }

  @Test
  void shouldRefuseAConceptThatClosesACycle() {
    RuleBook book =
        RuleBook.empty()
            .apply(0, concept(4))
            .apply(1, new RuleChange.MonitorPut(bans("a", codes(1), codes(2))))
            .apply(
                2,
                new RuleChange.MonitorPut(bans("b", codes(2), new CodeSelection.Concept("fire"))));
    assertThat(RuleValidation.check(book, concept(1), MODEL))
        .extracting(RuleProblem::kind)
        .containsExactly(Kind.FEEDBACK_CYCLE);
    assertThat(RuleValidation.check(book, concept(5), MODEL)).isEmpty();
    assertThat(RuleValidation.check(book, new RuleChange.ConceptRemoved("fire", "ana"), MODEL))
        .extracting(RuleProblem::kind)
        .containsExactly(Kind.IN_USE);
  }

  private static RuleChange concept(int code) {
    return new RuleChange.ConceptPut(
        "fire", "m", List.of(new Code(Site.parse("L0.mlp"), code)), "ana");
  }

  @Test
  void shouldRestoreMonitorsFromChangesAndFromADifference() {
    RuleBook before = RuleBook.empty();
    RuleBook after =
        before
            .apply(0, new RuleChange.MonitorPut(bans("a", codes(1), codes(2))))
            .apply(1, new RuleChange.MonitorPut(bans("b", codes(4), codes(5))))
            .apply(2, new RuleChange.MonitorRemoved("b", "ana"));
    assertThat(RuleBook.restore(2, after.changes())).isEqualTo(after);
    assertThat(after.monitors("m")).containsOnlyKeys("a");
    assertThat(RuleDiff.of("m", after, before).records("ben"))
        .containsExactly(new RuleChange.MonitorRemoved("a", "ben"));
    assertThat(RuleDiff.of("m", before, after).records("ben"))
        .containsExactly(new RuleChange.MonitorPut(bans("a", codes(1), codes(2)).by("ben")));
  }
}
