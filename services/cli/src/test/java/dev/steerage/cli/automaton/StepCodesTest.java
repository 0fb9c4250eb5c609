package dev.steerage.cli.automaton;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.cli.CliException;
import dev.steerage.cli.activation.Firings;
import dev.steerage.domain.automaton.Automaton;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import dev.steerage.domain.rule.When;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StepCodesTest {
  private static final Site SITE = Site.parse("L0.mlp");
  private static final int BOS = 99;

  private final Automaton automaton =
      new Automaton(2, List.of(List.of(1, 2), List.of(2), List.of(0, 1)));
  private final StepCodes codes = new StepCodes(automaton, 1);

  /// BOS, then the digits of the walk; the code at a position is given.
  private static Firings fired(int first, int promptLength, int... perPosition) {
    return new Firings(
        "m",
        "r",
        promptLength,
        first,
        List.of(SITE),
        IntStream.range(0, perPosition.length).mapToObj(i -> BOS).toList(),
        Arrays.stream(perPosition).mapToObj(code -> new int[][] {{code}}).toList());
  }

  @Test
  void shouldCountCodesWhereAStateIsCompleteAndWhereTheNextHasBegun() {
    // Positions: BOS, '0', '2', '0', '1': states 2 and 1.
    codes.add(List.of(2, 1), fired(0, 5, 50, 51, 52, 53, 54));

    assertThat(codes.codes(new Step(2, ""), List.of(SITE))).containsExactly(new Code(SITE, 52));
    assertThat(codes.codes(new Step(2, "0"), List.of(SITE))).containsExactly(new Code(SITE, 53));
    assertThat(codes.codes(new Step(1, ""), List.of(SITE))).containsExactly(new Code(SITE, 54));
    assertThat(codes.occurrences(new Step(0, ""))).isZero();
  }

  @Test
  void shouldCountTheSameInPieces() {
    codes.add(List.of(2, 1), fired(0, 5, 50, 51));
    codes.add(List.of(2, 1), fired(2, 5, 52, 53, 54));

    assertThat(codes.codes(new Step(2, ""), List.of(SITE))).containsExactly(new Code(SITE, 52));
    assertThat(codes.codes(new Step(1, ""), List.of(SITE))).containsExactly(new Code(SITE, 54));
  }

  @Test
  void shouldLeaveGeneratedPositionsOut() {
    codes.add(List.of(2), fired(0, 3, 50, 51, 52, 53, 54));

    assertThat(codes.occurrences(new Step(2, "0"))).isZero();
  }

  @Test
  void shouldTakeTheMostFrequentCodeAndTheLowestAmongEquals() {
    codes.add(List.of(2), fired(0, 3, 50, 51, 8));
    codes.add(List.of(2), fired(0, 3, 50, 51, 7));
    assertThat(codes.codes(new Step(2, ""), List.of(SITE))).containsExactly(new Code(SITE, 7));

    codes.add(List.of(2), fired(0, 3, 50, 51, 8));
    assertThat(codes.codes(new Step(2, ""), List.of(SITE))).containsExactly(new Code(SITE, 8));
  }

  @Test
  void shouldSayHowSurelyACodeStandsForAStep() {
    codes.add(List.of(2), fired(0, 3, 7, 7, 7));
    codes.add(List.of(2), fired(0, 3, 1, 1, 8));

    StepCodes.Evidence evidence = codes.evidence(new Step(2, ""), new Code(SITE, 7));

    assertThat(evidence.recall()).isEqualTo(0.5);
    assertThat(evidence.precision()).isEqualTo(1.0 / 3);
  }

  @Test
  void shouldSteerTheStepAfterTheStateOnlyWhereTheDigitWasRead() {
    codes.add(List.of(2, 1), fired(0, 5, 50, 51, 52, 53, 54));
    Alphabet alphabet = Alphabet.of("0212", List.of(BOS, 10, 12, 11, 12));

    List<Rule> rules =
        StateSteering.towards(2, automaton, codes, List.of(SITE))
            .standing("id", "m", Match.ALL, automaton, alphabet, "ada");

    assertThat(rules).extracting(Rule::id).containsExactly("id", "id.0");
    assertThat(rules.get(0).when().positions())
        .isEqualTo(Optional.of(new When.Positions.Every(2, 2)));
    assertThat(rules.get(0).when().after()).isEmpty();
    assertThat(rules.get(1).when().positions())
        .isEqualTo(Optional.of(new When.Positions.Every(2, 3)));
    assertThat(rules.get(1).when().after()).containsExactly(10);
  }

  @Test
  void shouldSteerOnePromptAtItsLastStateAndTheForcedDigit() {
    StateSteering steering =
        new StateSteering(Map.of("", List.of(new Code(SITE, 1)), "0", List.of(new Code(SITE, 2))));

    assertThat(steering.inline("m", 5, "")).hasSize(1);
    assertThat(steering.inline("m", 5, "1")).hasSize(1);
    List<Rule> both = steering.inline("m", 5, "0");
    assertThat(both)
        .extracting(rule -> rule.when().positions().orElseThrow())
        .containsExactly(
            new When.Positions.Listed(List.of(4)), new When.Positions.Listed(List.of(5)));
    assertThat(StateSteering.NONE.inline("m", 5, "0")).isEmpty();
  }

  @Test
  void shouldRefuseAModelThatDoesNotSpellDigitByDigit() {
    assertThatThrownBy(() -> Alphabet.of("0102", List.of(1, 2))).isInstanceOf(CliException.class);
    assertThatThrownBy(() -> Alphabet.of("00", List.of(BOS, 1, 2)))
        .isInstanceOf(CliException.class);
    assertThatThrownBy(() -> Alphabet.of("01", List.of(BOS, 1, 1)))
        .isInstanceOf(CliException.class);
  }
}
