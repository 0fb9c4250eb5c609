package dev.steerage.worker.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.steerage.domain.rule.RuleQuota;
import dev.steerage.domain.rule.Until;
import dev.steerage.domain.rule.When;
import dev.steerage.schemas.codec.Decoded;
import dev.steerage.schemas.message.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TenantRulesTest {
  private static final ModelShape MODEL =
      new ModelShape("m", List.of(new SiteShape(Site.parse("L0.mlp"), 100, 2, 8)), 10, 64);

  private final TenantRules rules = new TenantRules(MODEL);

  static Rule ban(String id, int code) {
    return new Rule(
        id,
        "m",
        0,
        Match.ALL,
        When.ALWAYS,
        List.of(new Action.Ban(new CodeSelection.Codes(List.of(Code.parse("L0.mlp:" + code))))),
        Until.NEVER,
        "test");
  }

  private TenantRules.Entry put(long offset, Rule rule) {
    return rules.append(offset, 0, rule.id(), Decoded.ok(new RuleChange.RulePut(rule)));
  }

  @Test
  void shouldGiveTheBookOfEveryRevision() {
    for (int i = 0; i < 300; i++) {
      put(2L * i, ban("r" + i % 7, i % 100));
    }

    for (int i = 0; i < 300; i++) {
      RuleBook book = rules.bookAt(2L * i);
      assertThat(book.revision()).isEqualTo(2L * i);
      assertThat(book.rule("m", "r" + i % 7)).contains(ban("r" + i % 7, i % 100));
      assertThat(book.rules("m")).hasSize(Math.min(7, i + 1));
    }
    assertThat(rules.bookAt(RuleBook.NO_REVISION).rules("m")).isEmpty();
  }

  @Test
  void shouldRefuseARevisionThatHasNotCome() {
    put(0, ban("r", 1));

    assertThatThrownBy(() -> rules.bookAt(1)).hasMessageContaining("newest=0");
  }

  @Test
  void shouldCountARefusedRecordAsARevisionWithoutApplyingIt() {
    put(0, ban("r", 1));

    TenantRules.Entry entry = put(1, ban("r", 100));

    assertThat(entry.refused().orElseThrow().refusal()).isEqualTo(Refusal.UNKNOWN_CODE);
    assertThat(rules.revision()).isEqualTo(1);
    assertThat(rules.newest().rule("m", "r")).contains(ban("r", 1));
  }

  @Test
  void shouldRefuseWhatCannotBeReadUnderTheRecordsKey() {
    TenantRules.Entry entry =
        rules.append(5, 0, "some-key", Decoded.bad(Refusal.MALFORMED, "no JSON"));

    assertThat(entry.subject()).isEqualTo("some-key");
    assertThat(entry.isReadable()).isFalse();
    assertThat(rules.revision()).isEqualTo(5);
  }

  @Test
  void shouldJudgeByTheQuotaThatHeldWhenTheBrokerTookTheRecord() {
    var quota = RuleQuota.always(OptionalInt.of(1)).then(1_000, OptionalInt.of(2));
    var later = new TenantRules(MODEL, () -> quota);
    Rule replaced = ban("r", 2);
    List<TenantRules.Entry> entries =
        List.of(
            later.append(0, 10, "r", Decoded.ok(new RuleChange.RulePut(ban("r", 1)))),
            later.append(1, 999, "s", Decoded.ok(new RuleChange.RulePut(ban("s", 1)))),
            later.append(2, 999, "r", Decoded.ok(new RuleChange.RulePut(replaced))),
            later.append(3, 1_000, "t", Decoded.ok(new RuleChange.RulePut(ban("t", 1)))));

    assertThat(entries.get(1).refused().orElseThrow().refusal()).isEqualTo(Refusal.OVER_QUOTA);
    assertThat(entries.get(1).refused().orElseThrow().detail()).contains("quota=1");
    assertThat(later.newest().rules("m")).containsExactly(replaced, ban("t", 1));
  }

  @Test
  void shouldKnowWhichRecordPutARule() {
    put(0, ban("r", 1));
    put(1, ban("s", 1));
    put(2, ban("r", 2));

    assertThat(rules.offsetOf("r", 1)).isZero();
    assertThat(rules.offsetOf("r", 2)).isEqualTo(2);
    assertThat(rules.offsetOf("t", 2)).isEqualTo(RuleBook.NO_REVISION);
  }

  @Test
  void shouldTellWhatBecameOfRecordsFromAnOffsetOn() {
    put(0, ban("r", 1));
    put(3, ban("s", 1));
    put(4, ban("t", 1));

    assertThat(rules.entriesFrom(2)).extracting(TenantRules.Entry::subject).contains("s", "t");
    assertThat(rules.entriesFrom(5)).isEmpty();
  }

  @Test
  void shouldLeaveRulesOfOtherModelsToTheirWorkers() {
    Rule other =
        new Rule(
            "o",
            "other",
            0,
            Match.ALL,
            When.ALWAYS,
            List.of(new Action.Ban(new CodeSelection.Codes(List.of(Code.parse("L9.mlp:123456"))))),
            Until.NEVER,
            "test");

    TenantRules.Entry entry = put(0, other);

    assertThat(entry.refused()).isEqualTo(Optional.empty());
    assertThat(entry.models()).containsExactly("other");
  }
}
