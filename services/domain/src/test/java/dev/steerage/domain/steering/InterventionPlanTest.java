package dev.steerage.domain.steering;

import static dev.steerage.domain.rule.Rules.MODEL;
import static dev.steerage.domain.rule.Rules.all;
import static dev.steerage.domain.rule.Rules.at;
import static dev.steerage.domain.rule.Rules.attn;
import static dev.steerage.domain.rule.Rules.ban;
import static dev.steerage.domain.rule.Rules.least;
import static dev.steerage.domain.rule.Rules.rule;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.rule.Action;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.RuleBook;
import dev.steerage.domain.rule.RuleChange;
import dev.steerage.domain.rule.RuleValidation;
import dev.steerage.domain.rule.Rules;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InterventionPlanTest {
  private static final RequestFacts FACTS =
      new RequestFacts("r", Optional.empty(), Map.of(), "m", 4);

  private static InterventionPlan plan(Rule... rules) {
    return plan(List.of(rules));
  }

  private static InterventionPlan plan(List<Rule> rules) {
    RuleBook book = RuleBook.empty();
    for (Rule rule : rules) {
      book = book.apply(book.revision() + 1, new RuleChange.RulePut(rule));
    }
    RuleCursor cursor = new RuleCursor(RuleProgram.compile(book, List.of(), FACTS, MODEL));
    cursor.evaluate(0, 0, false, null);
    return cursor.plan();
  }

  /// `slot=code` of all writes.
  private static List<String> writes(InterventionPlan plan) {
    SitePlan site = plan.at(0);
    List<String> writes = new ArrayList<>();
    for (int i = 0; i < site.writes(); i++) {
      writes.add(site.writeSlot(i) + "=" + site.writeCode(i));
    }
    return writes;
  }

  private static Rule shadow(Rule rule) {
    return new Rule(
        rule.id(),
        rule.model(),
        rule.priority(),
        rule.match(),
        rule.when(),
        rule.actions(),
        rule.until(),
        rule.author(),
        true);
  }

  @Test
  void shouldOnlySayWhatAShadowWouldDo() {
    Rule stops = rule("c", 0, new Action.Stop());
    InterventionPlan plan =
        plan(shadow(rule("a", 0, ban(1), at(2, 5))), rule("b", 0, at(0, 9)), shadow(stops));

    assertThat(writes(plan)).containsExactly("0=9");
    assertThat(plan.at(0).bans()).isZero();
    assertThat(plan.stoppedBy()).isEmpty();
    assertThat(plan.shadows()).extracting(Shadow::rule).containsExactly("a", "c");
    // Slots hold 1, 2, 3: the banned code is replaced, slot 2 is overwritten.
    Shadow.NaturalCodes natural = natural(1, 2, 3);
    assertThat(plan.shadows().getFirst().changedSlots(natural)).isEqualTo(2);
    assertThat(plan.shadows().getFirst().changedSlots(natural(4, 2, 5))).isZero();
    assertThat(plan.shadows().getLast().stoppedBy()).contains("c");
    assertThat(plan(shadow(stops)).isEmpty()).isTrue();
  }

  private static Shadow.NaturalCodes natural(int... codes) {
    return new Shadow.NaturalCodes() {
      @Override
      public int slots(int site) {
        return codes.length;
      }

      @Override
      public int code(int site, int slot) {
        return codes[slot];
      }
    };
  }

  @Test
  void shouldBeNothingWithoutRules() {
    assertThat(plan()).isSameAs(InterventionPlan.none());
    assertThat(plan().isEmpty()).isTrue();
    assertThat(plan().at(0)).isNull();
  }

  @Test
  void shouldFillFromTheLeastSimilarSlotUpward() {
    assertThat(writes(plan(rule("a", 0, least(7, 8))))).containsExactly("1=8", "2=7");
  }

  @Test
  void shouldGiveANumberedSlotToTheHighestPrecedence() {
    InterventionPlan plan = plan(rule("a", 1, least(7, 8)), rule("b", 2, at(2, 9)));
    assertThat(writes(plan)).containsExactly("0=8", "1=7", "2=9");
    assertThat(plan.conflicts()).isEmpty();
    InterventionPlan contested = plan(rule("a", 1, at(2, 7)), rule("b", 1, at(2, 9)));
    assertThat(writes(contested)).containsExactly("2=9");
    assertThat(contested.conflicts()).containsExactly(new SlotConflict(code(7), "a", "b"));
  }

  @Test
  void shouldMakeTheLowestPriorityGiveWayWhenThereAreTooFewSlots() {
    InterventionPlan plan = plan(rule("z", 1, least(7, 8)), rule("b", 2, least(9, 5)));
    assertThat(writes(plan)).containsExactly("0=5", "1=9", "2=8");
    assertThat(plan.conflicts()).containsExactly(new SlotConflict(code(7), "z", "b"));
  }

  @Test
  void shouldOverwriteEverySlotWithAll() {
    InterventionPlan plan =
        plan(rule("a", 0, least(1)), rule("b", 1, all(4)), rule("c", 2, at(0, 5), least(6)));
    assertThat(writes(plan)).containsExactly("0=5", "1=4", "2=6");
    assertThat(plan.conflicts()).containsExactly(new SlotConflict(code(1), "a", "b"));
  }

  @Test
  void shouldActivateACodeOfTwoRulesOnce() {
    InterventionPlan plan = plan(rule("a", 0, least(1)), rule("b", 1, least(1, 2)));
    assertThat(writes(plan)).containsExactly("1=2", "2=1");
    assertThat(plan.at(0).ruleOf(2, 3, 9, 1)).isEqualTo("b");
  }

  @Test
  void shouldLeaveAsManyCodesAsThereAreSlotsWhenRulesBanTogether() {
    InterventionPlan plan = plan(rule("a", 0, ban(0, 1, 2, 3)), rule("b", 1, ban(4, 5, 6, 7, 8)));
    assertThat(plan.at(0).bans()).isEqualTo(7);
    assertThat(plan.conflicts()).hasSize(2).allMatch(conflict -> conflict.loser().equals("a"));
  }

  @Test
  void shouldNameTheRuleThatExplainsASlot() {
    SitePlan site =
        plan(
                rule("ban", 0, ban(1)),
                rule("ablate", 1, new Action.Ablate(attn(2))),
                rule("write", 2, at(0, 3)),
                rule("append", 3, new Action.Append(attn(4))))
            .at(0);
    assertThat(site.ruleOf(0, 3, 5, 3)).isEqualTo("write");
    assertThat(site.ruleOf(1, 3, 1, 6)).isEqualTo("ban");
    assertThat(site.ruleOf(1, 3, 2, -1)).isEqualTo("ablate");
    assertThat(site.ruleOf(3, 3, -1, 4)).isEqualTo("append");
    assertThat(site.ruleOf(1, 3, 6, 6)).isNull();
  }

  @Test
  void shouldNotDependOnTheOrderInWhichRulesWerePut() {
    for (long seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      List<Rule> rules = new ArrayList<>();
      var ids = new HashSet<String>();
      for (int i = 0; i < 6; i++) {
        Rule rule = Rules.random(random);
        var put = new RuleChange.RulePut(rule);
        if (RuleValidation.check(RuleBook.empty(), put, MODEL).isEmpty() && ids.add(rule.id())) {
          rules.add(rule);
        }
      }
      InterventionPlan plan = plan(rules);
      String described = describe(plan);
      Collections.shuffle(rules, random);
      assertThat(describe(plan(rules))).as("seed %d", seed).isEqualTo(described);
      checkBounds(plan, seed);
    }
  }

  private static String describe(InterventionPlan plan) {
    StringBuilder text = new StringBuilder();
    for (int site = 0; site < plan.sites(); site++) {
      text.append(plan.at(site)).append('\n');
    }
    return text.append(plan.conflicts()).toString();
  }

  private static void checkBounds(InterventionPlan plan, long seed) {
    if (plan.isEmpty()) {
      return;
    }
    SitePlan site = plan.at(0);
    assertThat(site.bans()).as("seed %d", seed).isBetween(0, 7);
    assertThat(site.writes()).as("seed %d", seed).isBetween(0, 3);
    for (int i = 1; i < site.writes(); i++) {
      assertThat(site.writeSlot(i)).as("seed %d", seed).isGreaterThan(site.writeSlot(i - 1));
    }
  }

  private static Code code(int id) {
    return Code.parse("L0.attn.H0:" + id);
  }
}
