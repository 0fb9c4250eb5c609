package dev.steerage.transformer.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.transformer.analysis.PromptCodes.Scope;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CircuitRankingTest {
  private static final int FROM = 2;
  private static final int TO = 9;
  private static final int SPECIAL = 15; // Left out by PlantedPrompts.random.

  private final SplittableRandom random = new SplittableRandom(7);

  /// Two heads answer each other at one position of each positive prompt.
  private List<PromptCodes> positive(int count) {
    List<PromptCodes> prompts = PlantedPrompts.random(count, random);
    for (PromptCodes prompt : prompts) {
      PlantedPrompts.with(prompt, 3, FROM, SPECIAL);
      PlantedPrompts.with(prompt, 3, TO, SPECIAL);
    }
    return prompts;
  }

  @Test
  void shouldRankThePlantedHeadsAndTheirPairFirst() {
    List<PromptCodes> positive = positive(8);
    List<PromptCodes> negative = PlantedPrompts.random(40, random);
    CircuitRanking found =
        CircuitRanking.of(PlantedPrompts.SPACE, positive, negative, Scope.ANY, 6);
    assertThat(found.heads()).hasSize(PlantedPrompts.SITES);
    assertThat(found.heads().subList(0, 2))
        .extracting(CircuitRanking.Head::site)
        .containsExactlyInAnyOrder(FROM, TO);
    assertThat(found.heads().get(1).special()).isEqualTo(1);
    assertThat(found.heads().get(1).most()).isEqualTo(8);
    assertThat(found.heads())
        .isEqualTo(CircuitRanking.heads(PlantedPrompts.SPACE, positive, negative, Scope.ANY, 6));
    assertThat(found.heads().get(2).score()).isZero();
    assertThat(found.pairs().getFirst())
        .extracting(pair -> List.of(pair.from(), pair.to()))
        .isEqualTo(List.of(FROM, TO));
    double[] scores = new double[PlantedPrompts.SITES];
    boolean[] isPlanted = new boolean[PlantedPrompts.SITES];
    found.heads().forEach(head -> scores[head.site()] = head.score());
    isPlanted[FROM] = true;
    isPlanted[TO] = true;
    assertThat(RocCurve.area(scores, isPlanted)).isOne();
    double[] shuffled = RocCurve.shuffled(scores, isPlanted, 400, 1);
    assertThat(shuffled[200]).isBetween(0.2, 0.8);
  }

  @Test
  void shouldNotCountWhatFiresOnANegativePromptToo() {
    List<PromptCodes> positive = positive(5);
    List<PromptCodes> negative = PlantedPrompts.random(40, random);
    PlantedPrompts.with(negative.getFirst(), 0, FROM, SPECIAL);
    CircuitRanking found =
        CircuitRanking.of(PlantedPrompts.SPACE, positive, negative, Scope.ANY, 5);
    assertThat(found.heads().getFirst().site()).isEqualTo(TO);
    assertThat(found.heads().get(1).special()).isZero();
  }

  @Test
  void shouldLookAtTheLastPositionOnlyWhenTold() {
    List<PromptCodes> positive = positive(5);
    List<PromptCodes> negative = PlantedPrompts.random(40, random);
    CircuitRanking found =
        CircuitRanking.of(PlantedPrompts.SPACE, positive, negative, Scope.LAST, 5);
    assertThat(found.heads()).allMatch(head -> head.special() == 0);
    assertThat(found.pairs()).isEmpty();
  }

  @Test
  void shouldRefuseOneKindOfPromptsAlone() {
    assertThatThrownBy(
            () -> CircuitRanking.of(PlantedPrompts.SPACE, positive(2), List.of(), Scope.ANY, 1))
        .hasMessage("prompts: positive=2, negative=0");
  }

  @Test
  void shouldCountTiesHalfInTheAreaUnderTheCurve() {
    assertThat(RocCurve.area(new double[] {3, 1, 1, 0}, new boolean[] {true, true, false, false}))
        .isEqualTo(0.875);
    assertThat(RocCurve.area(new double[] {1, 2}, new boolean[] {true, true})).isNaN();
  }
}
