package dev.steerage.transformer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Backends;
import dev.steerage.transformer.forward.SingleSequence;
import dev.steerage.transformer.intervention.Steering;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// As many positions as the stated metrics come from: 8 x 256 sequences of 128 tokens.
@Tag("long")
class TokFsmAccuracyTest {
  private static final int SEQUENCES = 8 * 256;
  private static final int TOKENS = 128;
  private static final long SEED = 20_231_017;

  @Test
  void shouldReachTheStatedLossAndAccuracyOnFreshWalks() {
    Path folder = TestModels.shipped("tokfsm");
    JsonNode metrics = TestModels.json(folder.resolve("expected.json")).get("metrics");
    Automaton automaton = new Automaton(folder.resolve("automaton.json"));
    SplittableRandom random = new SplittableRandom(SEED);
    double loss = 0;
    long right = 0;
    long positions = 0;
    try (CodebookTransformer model = CodebookTransformer.load(folder, Backends.byName("auto"))) {
      int vocabulary = model.config().vocabulary();
      for (int i = 0; i < SEQUENCES; i++) {
        int[] tokens = automaton.walk(random, TOKENS);
        try (SingleSequence run = new SingleSequence(model, TOKENS)) {
          run.forward(Arrays.copyOf(tokens, TOKENS - 1), position -> Steering.NONE);
          float[] logits = run.logits();
          for (int p = 0; p < TOKENS - 1; p++) {
            float[] row = Arrays.copyOfRange(logits, p * vocabulary, (p + 1) * vocabulary);
            loss -= Math.log(Distributions.softmax(row)[tokens[p + 1]]);
            right += argmax(row) == tokens[p + 1] ? 1 : 0;
            positions++;
          }
        }
      }
    }
    assertThat(loss / positions).isCloseTo(metrics.get("loss").doubleValue(), Offset.offset(0.003));
    assertThat((double) right / positions)
        .isCloseTo(metrics.get("acc").doubleValue(), Offset.offset(0.002));
  }

  private static int argmax(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }
}
