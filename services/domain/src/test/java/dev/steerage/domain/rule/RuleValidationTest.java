package dev.steerage.domain.rule;

import static dev.steerage.domain.rule.Rules.MODEL;
import static dev.steerage.domain.rule.Rules.all;
import static dev.steerage.domain.rule.Rules.at;
import static dev.steerage.domain.rule.Rules.attn;
import static dev.steerage.domain.rule.Rules.ban;
import static dev.steerage.domain.rule.Rules.codes;
import static dev.steerage.domain.rule.Rules.least;
import static dev.steerage.domain.rule.Rules.rule;
import static dev.steerage.domain.rule.Rules.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.RuleProblem.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleValidationTest {
  private static List<Kind> kinds(Rule rule) {
    return kinds(RuleBook.empty(), new RuleChange.RulePut(rule));
  }

  private static List<Kind> kinds(RuleBook book, RuleChange change) {
    return RuleValidation.check(book, change, MODEL).stream().map(RuleProblem::kind).toList();
  }

  private static When when(
      Optional<When.Positions> positions, List<Integer> after, Optional<When.Fired> fired) {
    return new When(When.Phase.ANY, positions, false, after, fired);
  }

  @Test
  void shouldTakeWhatFits() {
    assertThat(kinds(rule("a", 0, least(1, 2, 3)))).isEmpty();
    assertThat(kinds(rule("a", 0, least(1, 1, 2, 3)))).isEmpty();
    assertThat(kinds(rule("a", 0, least(1), at(0, 2), at(2, 3)))).isEmpty();
    assertThat(kinds(rule("a", 0, ban(0, 1, 2, 3, 4, 5, 6)))).isEmpty();
  }

  @Test
  void shouldRefuseMoreActivationsThanSlots() {
    List<Kind> tooMany = List.of(Kind.TOO_MANY_ACTIVATIONS);
    assertThat(kinds(rule("a", 0, least(1, 2, 3, 4)))).isEqualTo(tooMany);
    assertThat(kinds(rule("a", 0, least(1, 2), at(0, 3), at(1, 4)))).isEqualTo(tooMany);
    assertThat(kinds(rule("a", 0, all(1), all(2)))).isEqualTo(tooMany);
    assertThat(kinds(rule("a", 0, all(1), least(2)))).isEqualTo(tooMany);
    assertThat(kinds(rule("a", 0, at(1, 1), at(1, 2)))).isEqualTo(tooMany);
  }

  @Test
  void shouldRefuseWhatTheModelDoesNotHave() {
    assertThat(kinds(rule("a", 0, least(10)))).containsExactly(Kind.UNKNOWN_CODE);
    assertThat(kinds(rule("a", 0, new Action.Ban(codes("L9.mlp", 1)))))
        .containsExactly(Kind.UNKNOWN_SITE);
    assertThat(kinds(rule("a", 0, at(3, 1)))).containsExactly(Kind.BAD_NUMBER);
    assertThat(kinds(rule("a", 0, at(2_000_000_000, 1)))).containsExactly(Kind.BAD_NUMBER);
    assertThat(kinds(rule("a", 0, ban(0, 1, 2, 3, 4, 5, 6, 7)))).containsExactly(Kind.OVER_LIMIT);
    assertThat(
            kinds(
                with(
                    rule("a", 0, least(1)),
                    when(Optional.empty(), List.of(11, 12), Optional.empty()))))
        .containsExactly(Kind.BAD_TOKEN);
    assertThat(kinds(rule("a", 0, new Action.Ban(new CodeSelection.Concept("fire")))))
        .containsExactly(Kind.UNKNOWN_CONCEPT);
    var fired = Optional.of(new When.Fired(codes("L0.mlp", 20), 3));
    assertThat(kinds(with(rule("a", 0, least(1)), when(Optional.empty(), List.of(), fired))))
        .containsExactly(Kind.UNKNOWN_CODE);
  }

  @Test
  void shouldRefuseBadNamesNumbersAndCounts() {
    assertThat(kinds(rule("a b", 0, least(1)))).containsExactly(Kind.BAD_NAME);
    assertThat(kinds(rule("a", 2_000_000, least(1)))).containsExactly(Kind.BAD_NUMBER);
    assertThat(kinds(rule("a", Integer.MIN_VALUE, least(1)))).containsExactly(Kind.BAD_NUMBER);
    assertThat(kinds(rule("a", 0))).containsExactly(Kind.OVER_LIMIT);
    assertThat(kinds(rule("a", 0, new Action.Ban(attn())))).containsExactly(Kind.OVER_LIMIT);
    assertThat(kinds(Rules.until(rule("a", 0, least(1)), 0))).containsExactly(Kind.BAD_NUMBER);
    Action[] many = IntStream.range(0, 65).mapToObj(_ -> ban(1)).toArray(Action[]::new);
    assertThat(kinds(rule("a", 0, many))).containsExactly(Kind.OVER_LIMIT);
    var range = Optional.<When.Positions>of(new When.Positions.Range(5, 5));
    assertThat(kinds(with(rule("a", 0, least(1)), when(range, List.of(), Optional.empty()))))
        .containsExactly(Kind.BAD_NUMBER);
    var far = Optional.of(new When.Fired(attn(1), 65));
    assertThat(kinds(with(rule("a", 0, least(1)), when(Optional.empty(), List.of(), far))))
        .containsExactly(Kind.OVER_LIMIT);
  }

  private static List<Kind> kinds(Condition... further) {
    When when =
        new When(
            When.Phase.ANY, Optional.empty(), false, List.of(), Optional.empty(), List.of(further));
    return kinds(with(rule("a", 0, least(1)), when));
  }

  private static Condition range(int from, int to) {
    return new Condition.At(new When.Positions.Range(from, to));
  }

  @Test
  void shouldRefuseWhatCanNeverAct() {
    var prompt = new Condition.InPhase(When.Phase.PROMPT);
    var five = new Condition.AfterToken(List.of(5));
    for (Condition[] never :
        new Condition[][] {
          {range(64, 70)},
          {range(0, 3), range(3, 9)},
          {range(3, 9), new Condition.At(new When.Positions.Listed(List.of(2, 9)))},
          {range(3, 5), new Condition.At(new When.Positions.Every(8, 2))},
          {prompt, new Condition.Not(prompt)},
          {new Condition.Not(range(0, 64))},
          {five, new Condition.AfterSequence(List.of(5, 6))},
          {range(0, 1), new Condition.AfterSequence(List.of(5, 6))},
          {range(0, 1), new Condition.Fired(attn(1), 3)},
          {range(0, 5), new Condition.Count(attn(1), 9, 5)},
          {new Condition.Count(attn(1), 3, 4)},
          {range(0, 5), new Condition.Any(List.of(range(5, 6), range(9, 10)))},
        }) {
      assertThat(kinds(never)).as("%s", List.of(never)).containsExactly(Kind.CONTRADICTION);
    }
    assertThat(kinds(range(63, 70))).isEmpty();
    assertThat(kinds(range(3, 12), new Condition.At(new When.Positions.Every(8, 2)))).isEmpty();
    assertThat(kinds(five, new Condition.AfterSequence(List.of(6, 5)))).isEmpty();
    assertThat(kinds(range(0, 5), new Condition.Any(List.of(range(5, 6), five)))).isEmpty();
    assertThat(kinds(rule("a", 0, ban(1), new Action.Ablate(attn(1)))))
        .containsExactly(Kind.CONTRADICTION);
  }

  @Test
  void shouldRefuseConditionsOverTheirLimits() {
    Condition deep = new Condition.AfterToken(List.of(5));
    for (int i = 0; i < 9; i++) {
      deep = new Condition.Not(deep);
    }
    assertThat(kinds(deep)).containsExactly(Kind.OVER_LIMIT);
    Condition[] many = new Condition[65];
    java.util.Arrays.fill(many, range(0, 5));
    assertThat(kinds(many)).containsExactly(Kind.OVER_LIMIT);
    assertThat(kinds(new Condition.Any(List.of()))).containsExactly(Kind.OVER_LIMIT);
    assertThat(kinds(new Condition.AfterText("a("))).containsExactly(Kind.BAD_PATTERN);
    assertThat(kinds(new Condition.AfterText("a".repeat(201)))).containsExactly(Kind.OVER_LIMIT);
    assertThat(kinds(new Condition.Count(attn(1), 65, 1))).containsExactly(Kind.OVER_LIMIT);
  }

  @Test
  void shouldTakeSoManyRulesThatLookAtTextAndNoMore() {
    RuleBook book = RuleBook.empty();
    for (int i = 0; i < RuleLimits.TEXT_RULES; i++) {
      book = book.apply(i, new RuleChange.RulePut(text("t" + i)));
    }
    assertThat(kinds(book, new RuleChange.RulePut(text("t0")))).isEmpty();
    assertThat(kinds(book, new RuleChange.RulePut(text("more")))).containsExactly(Kind.OVER_LIMIT);
  }

  private static Rule text(String id) {
    When when =
        new When(
            When.Phase.ANY,
            Optional.empty(),
            false,
            List.of(),
            Optional.empty(),
            List.of(new Condition.AfterText("a")));
    return with(rule(id, 0, least(1)), when);
  }

  @Test
  void shouldLeaveCodesOfAnotherModelToItsWorkers() {
    Rule foreign =
        new Rule("a", "x", 0, Match.ALL, When.ALWAYS, List.of(least(999)), Until.NEVER, "tester");
    assertThat(kinds(foreign)).isEmpty();
  }

  @Test
  void shouldRefuseToRemoveWhatIsNotThere() {
    assertThat(kinds(RuleBook.empty(), new RuleChange.RuleRemoved("a", "t")))
        .containsExactly(Kind.UNKNOWN_RULE);
    assertThat(kinds(RuleBook.empty(), new RuleChange.ConceptRemoved("a", "t")))
        .containsExactly(Kind.UNKNOWN_CONCEPT);
  }

  @Test
  void shouldRefuseToTakeAConceptAwayFromItsRules() {
    List<Code> three = List.of(code(1), code(2), code(3));
    RuleBook book =
        RuleBook.empty()
            .apply(0, new RuleChange.ConceptPut("fire", "m", three, "t"))
            .apply(
                1,
                new RuleChange.RulePut(
                    rule(
                        "a",
                        0,
                        new Action.Activate(
                            new CodeSelection.Concept("fire"), new Action.Slots.LeastSimilar()))));
    assertThat(kinds(book, new RuleChange.ConceptRemoved("fire", "t")))
        .containsExactly(Kind.IN_USE);
    List<Code> four = List.of(code(1), code(2), code(3), code(4));
    assertThat(kinds(book, new RuleChange.ConceptPut("fire", "m", four, "t")))
        .containsExactly(Kind.TOO_MANY_ACTIVATIONS);
    assertThat(kinds(book, new RuleChange.ConceptPut("fire", "m", List.of(code(9)), "t")))
        .isEmpty();
    assertThat(kinds(book, new RuleChange.ConceptPut("fire", "m", List.of(code(10)), "t")))
        .contains(Kind.UNKNOWN_CODE);
  }

  private static Code code(int id) {
    return Code.parse("L0.attn.H0:" + id);
  }
}
