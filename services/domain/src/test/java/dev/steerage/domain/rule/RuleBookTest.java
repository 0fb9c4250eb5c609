package dev.steerage.domain.rule;

import static dev.steerage.domain.rule.Rules.least;
import static dev.steerage.domain.rule.Rules.rule;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.domain.codebook.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RuleBookTest {
  @Test
  void shouldSortByPriorityThenId() {
    RuleBook book =
        RuleBook.empty()
            .apply(0, new RuleChange.RulePut(rule("c", 1, least(1))))
            .apply(1, new RuleChange.RulePut(rule("b", 2, least(1))))
            .apply(2, new RuleChange.RulePut(rule("a", 2, least(1))));
    assertThat(book.rules("m")).extracting(Rule::id).containsExactly("c", "a", "b");
    assertThat(book.revision()).isEqualTo(2);
    assertThat(book.rules("other")).isEmpty();
  }

  @Test
  void shouldReplaceARuleOfTheSameId() {
    RuleBook book =
        RuleBook.empty()
            .apply(3, new RuleChange.RulePut(rule("a", 1, least(1))))
            .apply(5, new RuleChange.RulePut(rule("a", 9, least(2))));
    assertThat(book.rules()).containsExactly(rule("a", 9, least(2)));
  }

  @Test
  void shouldKeepEverythingButTheRevisionWhenARecordIsSkipped() {
    RuleBook book = RuleBook.empty().apply(3, new RuleChange.RulePut(rule("a", 1, least(1))));
    assertThat(book.skip(4).rules()).isEqualTo(book.rules());
    assertThat(book.skip(4).revision()).isEqualTo(4);
  }

  @Test
  void shouldRefuseAnOffsetThatWasApplied() {
    RuleBook book = RuleBook.empty().skip(4);
    assertThatThrownBy(() -> book.skip(4)).hasMessage("offset=4, revision=4");
  }

  @Test
  void shouldGiveTheLiveStateWhenTheLogIsReplayedOrRestored() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<RuleChange> log = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        log.add(change(random));
      }
      List<RuleBook> live = new ArrayList<>();
      RuleBook book = RuleBook.empty();
      for (int offset = 0; offset < log.size(); offset++) {
        book = take(book, offset, log.get(offset));
        live.add(book);
      }
      int cut = random.nextInt(log.size());
      RuleBook replayed = RuleBook.restore(live.get(cut).revision(), live.get(cut).changes());
      assertThat(replayed).as("seed %d", seed).isEqualTo(live.get(cut));
      for (int offset = cut + 1; offset < log.size(); offset++) {
        replayed = take(replayed, offset, log.get(offset));
      }
      assertThat(replayed).as("seed %d", seed).isEqualTo(book);
    }
  }

  private static RuleBook take(RuleBook book, long offset, RuleChange change) {
    return RuleValidation.check(book, change, Rules.MODEL).isEmpty()
        ? book.apply(offset, change)
        : book.skip(offset);
  }

  private static RuleChange change(Random random) {
    String concept = "k" + random.nextInt(3);
    return switch (random.nextInt(6)) {
      case 0 -> new RuleChange.RuleRemoved("r" + random.nextInt(8), "tester");
      case 1 ->
          new RuleChange.ConceptPut(
              concept, "m", List.of(Code.parse("L0.attn.H0:" + random.nextInt(12))), "tester");
      case 2 -> new RuleChange.ConceptRemoved(concept, "tester");
      case 3 ->
          new RuleChange.RulePut(
              rule("c" + random.nextInt(3), 1, new Action.Ban(new CodeSelection.Concept(concept))));
      default -> new RuleChange.RulePut(Rules.random(random));
    };
  }

  @Test
  void shouldHoldAsManyRulesAsTheLimitAndNoMore() {
    List<RuleChange> log = new ArrayList<>();
    for (int i = 1; i < RuleLimits.RULES; i++) {
      log.add(new RuleChange.RulePut(rule("r" + i, i % 7, least(1))));
    }
    RuleBook almost = RuleBook.restore(RuleLimits.RULES, log);
    RuleBook book =
        take(almost, RuleLimits.RULES + 1, new RuleChange.RulePut(rule("last", 3, least(1))));
    assertThat(book.ruleCount("m")).isEqualTo(RuleLimits.RULES);
    var oneMore = new RuleChange.RulePut(rule("one-more", 0, least(1)));
    assertThat(RuleValidation.check(book, oneMore, Rules.MODEL))
        .extracting(RuleProblem::kind)
        .containsExactly(RuleProblem.Kind.OVER_LIMIT);
    var replaced = new RuleChange.RulePut(rule("r7", 0, least(2)));
    assertThat(RuleValidation.check(book, replaced, Rules.MODEL)).isEmpty();
    assertThat(book.rules("m")).isSortedAccordingTo(RuleBook.ORDER);
  }
}
