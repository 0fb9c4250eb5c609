package dev.steerage.transformer.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodeMatchTest {
  private static final int WIDTH = 6;

  private final SplittableRandom random = new SplittableRandom(11);
  private final List<PromptCodes> left = PlantedPrompts.random(400, random);

  /// The heads of each layer in reverse order and the codes of each head counted backwards.
  private static int renamed(int code) {
    int site = PlantedPrompts.SPACE.siteOf(code);
    int head = site / 4 * 4 + 3 - site % 4;
    return PlantedPrompts.SPACE.number(
        head, PlantedPrompts.CODES - 1 - (code - PlantedPrompts.SPACE.first()[site]));
  }

  private List<PromptCodes> renamedText(double lost) {
    List<PromptCodes> right = new ArrayList<>();
    for (PromptCodes prompt : left) {
      int[][] fired = new int[prompt.positions()][];
      for (int p = 0; p < fired.length; p++) {
        fired[p] =
            IntStream.of(prompt.fired()[p])
                .filter(_ -> random.nextDouble() >= lost)
                .map(CodeMatchTest::renamed)
                .toArray();
      }
      right.add(PromptCodes.of(fired));
    }
    return right;
  }

  private CodeMatch match(List<PromptCodes> right) {
    return CodeMatch.of(PlantedPrompts.SPACE, left, PlantedPrompts.SPACE, right, 5, _ -> {});
  }

  private Optional<float[]> vector(int code) {
    SplittableRandom own = new SplittableRandom(code);
    float[] vector = new float[WIDTH];
    for (int i = 0; i < WIDTH; i++) {
      vector[i] = (float) own.nextGaussian();
    }
    return Optional.of(vector);
  }

  @Test
  void shouldFindEveryRenamedCode() {
    CodeMatch found = match(renamedText(0));
    assertThat(found.pairs()).hasSizeGreaterThan(500);
    assertThat(found.pairs())
        .allSatisfy(
            pair -> {
              assertThat(pair.right()).isEqualTo(renamed(pair.left()));
              assertThat(pair.phi()).isCloseTo(1, within(1e-9));
            });
  }

  @Test
  void shouldFindThemWhenAThirdOfTheFiringsIsLost() {
    CodeMatch found = match(renamedText(0.33));
    assertThat(found.pairs()).hasSizeGreaterThan(500);
    assertThat(found.pairs()).allMatch(pair -> pair.right() == renamed(pair.left()));
    assertThat(found.pairs()).allMatch(pair -> pair.phi() > 0.5 && pair.phi() < 1);
  }

  @Test
  void shouldFindNoStrongPairInAnotherText() {
    CodeMatch found = match(PlantedPrompts.random(400, random));
    assertThat(found.chosen()).isNotEmpty().allMatch(pair -> pair.phi() < 0.2);
  }

  @Test
  void shouldSayThatMatchedSpacesAgreeAndShuffledOnesDoNot() {
    CodeMatch found = match(renamedText(0));
    // The second model has the same vectors, turned: signs and order of the axes.
    List<LayerAgreement> places =
        LayerAgreement.of(
            PlantedPrompts.SPACE,
            found,
            0.3,
            this::vector,
            code ->
                vector(renamed(code))
                    .map(
                        v -> {
                          float[] turned = new float[WIDTH];
                          for (int i = 0; i < WIDTH; i++) {
                            turned[i] = -v[(i + 1) % WIDTH];
                          }
                          return turned;
                        }),
            1);
    assertThat(places)
        .extracting(LayerAgreement::place)
        .containsExactly("L0.attn", "L1.attn", "L2.attn");
    assertThat(places)
        .allSatisfy(
            place -> {
              assertThat(place.svcca().matched()).isCloseTo(1, within(1e-6));
              assertThat(place.svcca().random()).isLessThan(0.4);
              assertThat(place.representational().matched()).isCloseTo(1, within(1e-6));
              assertThat(place.representational().randomMost()).isLessThan(0.1);
            });
  }

  @Test
  void shouldRefuseTextsThatWereCutDifferently() {
    List<PromptCodes> right = renamedText(0).subList(1, left.size());
    assertThatThrownBy(() -> match(right)).hasMessageContaining("positions: left=2400, right=2394");
  }
}
