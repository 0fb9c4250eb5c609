package dev.steerage.cli.rule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.schemas.message.Completion;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RuleCostsTest {
  private static Completion.Finished ended(int tokens, Completion.RuleCost... costs) {
    return new Completion.Finished(
        "r",
        Completion.Reason.LENGTH,
        Optional.empty(),
        Optional.empty(),
        3,
        tokens,
        List.of(),
        List.of(costs));
  }

  private static Completion.RuleCost cost(String rule) {
    return new Completion.RuleCost(rule, 10, 80, 2.5);
  }

  @Test
  void shouldAddUpWhatEachRuleCostOverRequestsWithTokens() {
    var costs = new RuleCosts();
    costs.add(ended(10, cost("a"), cost("b")));
    costs.add(ended(10, cost("a")));
    costs.add(ended(10));
    costs.add(ended(0));
    assertThat(costs.requests()).isEqualTo(3);
    assertThat(costs.byRule())
        .containsEntry("a", new RuleCosts.Sum(2, 20, 160, 5))
        .containsEntry("b", new RuleCosts.Sum(1, 10, 80, 2.5));
  }

  @Test
  void shouldPutManyRulesTogether() {
    var costs = new RuleCosts();
    for (int i = 0; i < RuleCosts.RULES_MAX + 5; i++) {
      costs.add(ended(1, cost("r" + i)));
    }
    assertThat(costs.byRule()).hasSize(RuleCosts.RULES_MAX + 1);
    assertThat(costs.byRule().get(RuleCosts.OTHERS).requests()).isEqualTo(5);
  }
}
