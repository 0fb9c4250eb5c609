package dev.steerage.domain.steering;

import static dev.steerage.domain.rule.Rules.MODEL;
import static dev.steerage.domain.rule.Rules.attn;
import static dev.steerage.domain.rule.Rules.least;
import static dev.steerage.domain.rule.Rules.rule;
import static dev.steerage.domain.rule.Rules.until;
import static dev.steerage.domain.rule.Rules.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.Rules;
import dev.steerage.domain.rule.When;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleCursorTest {
  private static final int PROMPT = 4;
  private final FiredHistory history = new FiredHistory(MODEL);

  private static RequestFacts facts(String request) {
    return new RequestFacts(request, Optional.empty(), Map.of("app", "kids"), "m", PROMPT);
  }

  private static RuleBook book(Rule... rules) {
    RuleBook book = RuleBook.empty();
    for (Rule rule : rules) {
      book = book.apply(book.revision() + 1, new RuleChange.RulePut(rule));
    }
    return book;
  }

  private static RuleProgram program(Rule... rules) {
    return RuleProgram.compile(book(rules), List.of(), facts("r"), MODEL);
  }

  private static Rule when(When when) {
    return with(rule("a", 0, least(1)), when);
  }

  private static When positions(When.Positions positions) {
    return new When(When.Phase.ANY, Optional.of(positions), false, List.of(), Optional.empty());
  }

  private static When fired(int within, int... codes) {
    return new When(
        When.Phase.ANY,
        Optional.empty(),
        false,
        List.of(),
        Optional.of(new When.Fired(attn(codes), within)));
  }

  /// The positions below 12 at which the only rule acts; token = position.
  private List<Integer> acting(Rule rule) {
    return acting(new RuleCursor(program(rule)), 0, 12);
  }

  private List<Integer> acting(RuleCursor cursor, int from, int to) {
    List<Integer> positions = new ArrayList<>();
    for (int position = from; position < to; position++) {
      if (cursor.evaluate(position, position, position >= PROMPT - 1, history)) {
        positions.add(position);
      }
      history.start(position);
      history.put(0, 1, position % 10);
    }
    return positions;
  }

  @Test
  void shouldCountTheLastPromptPositionAsGeneration() {
    assertThat(
            acting(
                when(
                    new When(
                        When.Phase.PROMPT, Optional.empty(), false, List.of(), Optional.empty()))))
        .containsExactly(0, 1, 2);
    assertThat(
            acting(
                when(
                    new When(
                        When.Phase.GENERATION,
                        Optional.empty(),
                        false,
                        List.of(),
                        Optional.empty()))))
        .startsWith(3)
        .hasSize(9);
  }

  @Test
  void shouldActAtThePositionsThatAreSaid() {
    assertThat(acting(when(positions(new When.Positions.Listed(List.of(7, 2, 300))))))
        .containsExactly(2, 7);
    assertThat(acting(when(positions(new When.Positions.Range(2, 5))))).containsExactly(2, 3, 4);
    assertThat(acting(when(positions(new When.Positions.Every(4, 1))))).containsExactly(1, 5, 9);
  }

  @Test
  void shouldActWhereTheTokenIsRead() {
    assertThat(
            acting(
                when(
                    new When(
                        When.Phase.ANY, Optional.empty(), false, List.of(5, 2), Optional.empty()))))
        .containsExactly(2, 5);
  }

  @Test
  void shouldActWithinTheWindowAfterACodeFired() {
    assertThat(acting(when(fired(2, 3)))).containsExactly(4, 5);
    assertThat(acting(when(fired(1, 3, 4)))).containsExactly(4, 5);
    assertThat(program(when(fired(2, 3))).needsHistory()).isTrue();
    assertThat(program(when(When.ALWAYS)).needsHistory()).isFalse();
  }

  @Test
  void shouldSeeWhatFiredBeforeTheRuleArrived() {
    RuleCursor cursor = new RuleCursor(program());
    assertThat(acting(cursor, 0, 5)).isEmpty();
    cursor.follow(program(when(fired(4, 2))));
    assertThat(acting(cursor, 5, 12)).containsExactly(5, 6);
  }

  @Test
  void shouldActOnceAndRememberItAcrossRevisions() {
    When once =
        new When(When.Phase.GENERATION, Optional.empty(), true, List.of(), Optional.empty());
    RuleCursor cursor = new RuleCursor(program(when(once)));
    assertThat(acting(cursor, 0, 6)).containsExactly(3);
    cursor.follow(program(rule("b", 0, least(2)), with(rule("a", 5, least(3)), once)));
    cursor.evaluate(6, 6, true, history);
    assertThat(cursor.program().rule(0).id()).isEqualTo("b");
    assertThat(cursor.isActive(0)).isTrue();
    assertThat(cursor.isActive(1)).isFalse();
  }

  @Test
  void shouldStopAfterItsTokensAndSaySo() {
    RuleCursor cursor = new RuleCursor(program(until(rule("a", 0, least(1)), 2)));
    List<String> events = new ArrayList<>();
    for (int position = 0; position < 8; position++) {
      boolean acts = cursor.evaluate(position, 0, position >= PROMPT - 1, history);
      events.add(
          (acts ? "acts" : "rests")
              + (cursor.isApplied(0) ? " first" : "")
              + (cursor.isExpired(0) ? " last" : ""));
    }
    // Prompt positions choose no token and so do not count.
    assertThat(events)
        .containsExactly(
            "acts first", "acts", "acts", "acts", "acts last", "rests", "rests", "rests");
  }

  @Test
  void shouldMatchRequestSessionAndLabels() {
    Rule rule = rule("a", 0, least(1));
    Match labels = new Match(Optional.empty(), Optional.empty(), Map.of("app", "kids"), 100);
    Match others = new Match(Optional.empty(), Optional.empty(), Map.of("app", "adults"), 100);
    Match session = new Match(Optional.empty(), Optional.of("s"), Map.of(), 100);
    Match request = new Match(Optional.of("r"), Optional.empty(), Map.of(), 100);
    assertThat(program(with(rule, labels)).size()).isOne();
    assertThat(program(with(rule, others)).size()).isZero();
    assertThat(program(with(rule, session)).size()).isZero();
    assertThat(program(with(rule, request)).size()).isOne();
  }

  @Test
  void shouldLeaveARequestWithoutStandingRulesToMandatoryOnesAndItsOwn() {
    var unsteered = new RequestFacts("r", Optional.empty(), Map.of(), "m", PROMPT, false);
    Match always = new Match(Optional.empty(), Optional.empty(), Map.of(), 100, true);
    Rule mandatory = with(rule("mandatory", 0, least(1)), always);
    RuleBook book = book(rule("standing", 0, least(1)), mandatory);
    RuleProgram program =
        RuleProgram.compile(book, List.of(rule("own", 0, least(2))), unsteered, MODEL);
    assertThat(program.size()).isEqualTo(2);
    assertThat(List.of(program.rule(0).id(), program.rule(1).id()))
        .containsExactly("mandatory", "own");
    assertThat(program.revision()).isEqualTo(book.revision());
  }

  @Test
  void shouldKeepEarlierMembersWhenAShareGrows() {
    int members = 0;
    for (int i = 0; i < 20_000; i++) {
      boolean wasIn = false;
      for (double percent : new double[] {0, 0.01, 1, 25, 50, 99.99, 100}) {
        Rule rule = with(rule("calm-dragons", 0, least(1)), Rules.percent(percent));
        boolean isIn = Share.matches(rule, facts("request-" + i));
        assertThat(isIn).as("request %d at %f", i, percent).isIn(wasIn, true);
        wasIn = isIn;
        members += percent == 25 && isIn ? 1 : 0;
      }
      assertThat(wasIn).isTrue();
    }
    // 5,000 expected, standard deviation 61.
    assertThat(members).isBetween(4_700, 5_300);
  }

  @Test
  void shouldDrawTheSameNumbersOnEveryMachine() {
    assertThat(Share.draw("calm-dragons", "s-1")).isEqualTo(Share.draw("calm-dragons", "s-1"));
    assertThat(List.of(Share.draw("a", "b"), Share.draw("ab", ""), Share.draw("ä", "日本")))
        .containsExactly(DRAWN);
  }

  // Written down so that a change of the hash, which would move people between groups, is noticed.
  private static final Integer[] DRAWN = {6011, 7654, 7371};

  @Test
  void shouldTreatAllTurnsOfASessionAlike() {
    Rule rule = with(rule("a", 0, least(1)), Rules.percent(50));
    for (int session = 0; session < 100; session++) {
      Optional<String> id = Optional.of("s" + session);
      boolean first = Share.matches(rule, new RequestFacts("1", id, Map.of(), "m", 1));
      assertThat(Share.matches(rule, new RequestFacts("2", id, Map.of(), "m", 1))).isEqualTo(first);
    }
  }

  @Test
  void shouldLetInlineRulesActBesideTheLog() {
    RuleProgram program =
        RuleProgram.compile(
            book(rule("a", 0, least(1))), List.of(rule("a", 0, least(2))), facts("r"), MODEL);
    assertThat(program.size()).isEqualTo(2);
    assertThat(program.isInline(0)).isFalse();
    assertThat(program.isInline(1)).isTrue();
  }

  @Test
  void shouldNameInlineRulesWhoseConceptIsUnknown() {
    Rule inline = rule("x", 0, new Action.Ban(new CodeSelection.Concept("fire")));
    RuleProgram program = RuleProgram.compile(RuleBook.empty(), List.of(inline), facts("r"), MODEL);
    assertThat(program.size()).isZero();
    assertThat(program.unresolved()).containsExactly("x");
  }

  @Test
  void shouldGiveTheSamePlanObjectForTheSameActingRulesAndAllocateNothing() {
    RuleCursor cursor =
        new RuleCursor(
            program(
                when(positions(new When.Positions.Every(2, 0))),
                with(rule("b", 1, least(2)), positions(new When.Positions.Listed(List.of(900)))),
                with(rule("c", 1, least(3)), fired(3, 4)),
                with(rule("d", 1, least(4)), positions(new When.Positions.Range(100, 20_000)))));
    // Far enough for the array of tokens that were read not to grow any more.
    run(cursor, 0, 8_200);
    InterventionPlan even = cursor.plan();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    run(cursor, 8_201, 16_000);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // One object per position would be 125,000 bytes; the compiler may cause a few.
    assertThat(allocated).isLessThan(4_096);
    assertThat(cursor.plan()).isSameAs(even);
  }

  private void run(RuleCursor cursor, int from, int to) {
    for (int position = from; position <= to; position++) {
      cursor.evaluate(position, position % 12, position >= PROMPT - 1, history);
      history.start(position);
      history.put(0, 1, position % 10);
    }
  }
}
