package dev.steerage.transformer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.ops.Backends;
import dev.steerage.ops.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class AutomatonBoundTest {
  private static final int DIGITS = 127;

  @Test
  void shouldGiveTheKnownBoundOfThePublishedAutomaton() {
    AutomatonBound bound = AutomatonBound.of(Published.automaton(), DIGITS);
    assertThat(bound.loss()).isCloseTo(1.17485, Offset.offset(5e-6));
    assertThat(bound.accuracy()).isCloseTo(0.46378, Offset.offset(5e-6));
  }

  @Test
  void shouldBeZeroWhereEveryStepIsForced() {
    Automaton circle = new Automaton(1, List.of(List.of(1), List.of(2), List.of(0)));
    AutomatonBound bound = AutomatonBound.of(circle, 10);
    assertThat(bound.loss()).isCloseTo(Math.log(3) / 10, Offset.offset(1e-12));
    assertThat(bound.accuracy()).isCloseTo((1 + 3 * 9) / 30.0, Offset.offset(1e-12));
  }

  /// A predictor that knows the automaton reaches the bound under the metric that models get.
  @Test
  void shouldBeWhatTheMetricSaysOfAPerfectPredictor() {
    Automaton automaton = Published.automaton();
    AutomatonBound bound = AutomatonBound.of(automaton, DIGITS);
    NextTokenScore score = new NextTokenScore(Backends.byName("reference").logprob());
    SplittableRandom random = new SplittableRandom(9);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment logits = arena.allocate(11L * Float.BYTES, 64);
      for (int walk = 0; walk < 3_000; walk++) {
        List<Integer> states = automaton.walk(random.nextInt(100), 64, random);
        String text = automaton.text(states).substring(0, DIGITS);
        for (int at = 0; at < DIGITS; at++) {
          perfect(automaton, states, at, logits);
          score.add(logits, 0, 11, text.charAt(at) - '0');
        }
      }
    }
    assertThat(score.tokens()).isEqualTo(3_000 * DIGITS);
    assertThat(score.loss()).isCloseTo(bound.loss(), Offset.offset(0.003));
    assertThat(score.accuracy()).isCloseTo(bound.accuracy(), Offset.offset(0.003));
  }

  private static void perfect(
      Automaton automaton, List<Integer> states, int at, MemorySegment logits) {
    List<Integer> possible = new ArrayList<>();
    if (at < 2) {
      for (int state = 0; state < 100; state++) {
        possible.add(state);
      }
    } else {
      possible.addAll(automaton.after(states.get(at / 2 - 1)));
    }
    double[] chances = new double[11];
    String written = automaton.text(states.get(at / 2));
    for (int state : possible) {
      String text = automaton.text(state);
      if (at % 2 == 0 || text.charAt(0) == written.charAt(0)) {
        chances[text.charAt(at % 2) - '0']++;
      }
    }
    for (int id = 0; id < 11; id++) {
      Floats.set(logits, id, chances[id] == 0 ? -1e4f : (float) Math.log(chances[id]));
    }
  }
}
