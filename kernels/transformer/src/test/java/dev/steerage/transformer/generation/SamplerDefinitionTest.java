package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Backends;
import dev.steerage.ops.Floats;
import dev.steerage.ops.elementary.Elementary;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// The sampler against its definition, written as plainly as it goes.
class SamplerDefinitionTest {
  private static final int VOCABULARY = 23;

  @Test
  void shouldChooseWhatThePlainDefinitionChooses() {
    SplittableRandom random = new SplittableRandom(5);
    try (Arena arena = Arena.ofConfined()) {
      var sampler = new Sampler(Backends.byName("reference"), VOCABULARY);
      MemorySegment row = arena.allocate((long) VOCABULARY * Float.BYTES, 64);
      for (int round = 0; round < 20_000; round++) {
        float[] logits = new float[VOCABULARY];
        for (int id = 0; id < VOCABULARY; id++) {
          // Halves, so that ties are frequent.
          logits[id] = random.nextInt(-6, 7) / 2f;
          Floats.set(row, id, logits[id]);
        }
        long[] seen = {random.nextLong() & (1L << VOCABULARY) - 1};
        Sampling sampling = sampling(random);
        int chosen = sampler.choose(row, 0, sampling, seen, round, VOCABULARY);

        assertThat(chosen)
            .as("round %d, %s", round, sampling)
            .isEqualTo(plain(logits, sampling, seen[0], round));
        List<Integer> ranked = ranked(logits);
        assertThat(IntStream.range(0, VOCABULARY).mapToObj(sampler.top()::token).toList())
            .isEqualTo(ranked);
      }
    }
  }

  private static Sampling sampling(SplittableRandom random) {
    return new Sampling(
        random.nextInt(5) == 0 ? 0 : 0.25f * (1 + random.nextInt(8)),
        random.nextInt(3) == 0 ? 0 : random.nextInt(VOCABULARY + 3),
        random.nextInt(3) == 0 ? 1 : 0.05f * (1 + random.nextInt(19)),
        random.nextInt(3) == 0 ? 1 : 0.5f + random.nextInt(4),
        random.nextLong());
  }

  private static int plain(float[] logits, Sampling sampling, long seen, int index) {
    float[] shaped = logits.clone();
    for (int id = 0; id < shaped.length; id++) {
      if ((seen >> id & 1) == 1) {
        shaped[id] =
            shaped[id] > 0
                ? shaped[id] / sampling.repetitionPenalty()
                : shaped[id] * sampling.repetitionPenalty();
      }
    }
    List<Integer> kept = ranked(shaped);
    float best = shaped[kept.getFirst()];
    if (sampling.temperature() == 0) {
      return kept.getFirst();
    }
    if (sampling.topK() > 0 && sampling.topK() < kept.size()) {
      kept = kept.subList(0, sampling.topK());
    }
    List<Double> masses = masses(kept, shaped, best, sampling);
    if (sampling.topP() < 1) {
      // The total of the whole vocabulary is added in the order of ids.
      List<Integer> order =
          kept.size() == VOCABULARY ? IntStream.range(0, VOCABULARY).boxed().toList() : kept;
      double enough = sum(masses(order, shaped, best, sampling)) * sampling.topP();
      int count = 0;
      double sum = 0;
      while (count < kept.size() && sum < enough) {
        sum += masses.get(count++);
      }
      kept = kept.subList(0, count);
    } else if (sampling.topK() == 0) {
      kept = IntStream.range(0, VOCABULARY).boxed().toList();
    }
    masses = masses(kept, shaped, best, sampling);
    double point = CounterRandom.uniform(sampling.seed(), index) * sum(masses);
    double sum = 0;
    for (int i = 0; i < kept.size(); i++) {
      sum += masses.get(i);
      if (point < sum) {
        return kept.get(i);
      }
    }
    throw new AssertionError("point=" + point + ", sum=" + sum);
  }

  private static List<Integer> ranked(float[] logits) {
    return new ArrayList<>(
        IntStream.range(0, logits.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer id) -> -logits[id]).thenComparing(id -> id))
            .toList());
  }

  private static List<Double> masses(
      List<Integer> ids, float[] shaped, float best, Sampling sampling) {
    return ids.stream()
        .map(id -> (double) Elementary.exp((shaped[id] - best) / sampling.temperature()))
        .toList();
  }

  private static double sum(List<Double> masses) {
    double sum = 0;
    for (double mass : masses) {
      sum += mass;
    }
    return sum;
  }
}
