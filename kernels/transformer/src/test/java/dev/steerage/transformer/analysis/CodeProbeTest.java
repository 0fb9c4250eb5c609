package dev.steerage.transformer.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.steerage.transformer.analysis.PromptCodes.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodeProbeTest {
  private static final int PROMPTS = 200;
  private static final int ONE = PlantedPrompts.SPACE.number(4, 15);
  private static final int OTHER = PlantedPrompts.SPACE.number(8, 15);

  private final SplittableRandom random = new SplittableRandom(3);
  private final List<PromptCodes> prompts = new ArrayList<>();
  private final boolean[] isPositive = new boolean[PROMPTS];

  /// One code fires on two of three positive prompts, another one on the rest; neuron 5 is high on
  /// positive prompts, but now and then on others too.
  private void plant() {
    for (int i = 0; i < PROMPTS; i++) {
      isPositive[i] = i % 2 == 0;
      PromptCodes prompt = PlantedPrompts.random(random);
      float[] neurons = new float[10];
      for (int n = 0; n < neurons.length; n++) {
        neurons[n] = (float) random.nextDouble();
      }
      if (isPositive[i]) {
        boolean isOne = i % 3 != 0;
        PlantedPrompts.with(prompt, i % PlantedPrompts.POSITIONS, isOne ? 4 : 8, 15);
      }
      if (isPositive[i] || random.nextInt(4) == 0) {
        neurons[5] = 2;
      }
      prompts.add(new PromptCodes(prompt.fired(), neurons));
    }
  }

  @Test
  void shouldFindThePlantedCodesOneAfterTheOther() {
    plant();
    CodeProbe probe = CodeProbe.of(prompts, isPositive, Scope.ANY, 4, 1);
    assertThat(probe.codes()).hasSize(2);
    assertThat(probe.codes().getFirst().features()).containsExactly(ONE);
    assertThat(probe.codes().getFirst().scored().precision()).isOne();
    assertThat(probe.codes().getFirst().scored().recall()).isCloseTo(2.0 / 3, within(0.15));
    assertThat(probe.codes().get(1).features()).containsExactly(ONE, OTHER);
    assertThat(probe.codes().get(1).scored().f1()).isOne();
    assertThat(probe.chosenPrompts()).isEqualTo(PROMPTS / 2);
    assertThat(CodeProbe.at(probe.codes(), 16)).isEqualTo(probe.codes().get(1));
  }

  @Test
  void shouldPutThePlantedNeuronBesideThem() {
    plant();
    CodeProbe probe = CodeProbe.of(prompts, isPositive, Scope.ANY, 4, 1);
    assertThat(probe.neurons().getFirst().features()).containsExactly(5);
    assertThat(probe.neurons().getFirst().scored().recall()).isOne();
    assertThat(probe.neurons().getFirst().scored().precision()).isBetween(0.6, 0.95);
  }

  @Test
  void shouldScoreNoBetterThanChanceWhereNothingIsPlanted() {
    for (int i = 0; i < PROMPTS; i++) {
      isPositive[i] = i % 2 == 0;
      prompts.add(PlantedPrompts.random(random));
    }
    CodeProbe probe = CodeProbe.of(prompts, isPositive, Scope.LAST, 1, 1);
    // Chosen among hundreds of codes, it looks better where it was chosen.
    assertThat(probe.codes().getFirst().scored().precision()).isBetween(0.1, 0.9);
    assertThat(probe.codes().getFirst().chosen().f1())
        .isGreaterThan(probe.codes().getFirst().scored().f1());
    assertThat(probe.neurons()).isEmpty();
  }

  @Test
  void shouldRefuseTooFewPrompts() {
    plant();
    assertThatThrownBy(() -> CodeProbe.of(prompts.subList(0, 2), new boolean[2], Scope.ANY, 4, 1))
        .hasMessage("prompts: positive=0, negative=2, expected at least 2 of each");
  }
}
