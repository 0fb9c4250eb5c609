package dev.steerage.transformer.generation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Backends;
import dev.steerage.ops.Floats;
import dev.steerage.transformer.Distributions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final int DRAWS = 40_000;
  private static final float[] LOGITS = {0.5f, 2f, -1f, 2f, 1.5f, -30f, 0f, 1f};

  private final Arena arena = Arena.ofConfined();
  private final Sampler sampler = new Sampler(Backends.byName("reference"), LOGITS.length);
  private final long[] seen = new long[1];

  @AfterEach
  void close() {
    arena.close();
  }

  @Test
  void shouldKeepLowestIdWhenGreedyLogitsTie() {
    assertThat(choose(LOGITS, Sampling.greedy(), 0)).isEqualTo(1);
  }

  @Test
  void shouldDrawEachTokenAsOftenAsItsProbabilitySays() {
    double[] p = Distributions.softmax(LOGITS);
    double[] drawn = frequencies(new Sampling(1, 0, 1, 1, 42));
    for (int id = 0; id < p.length; id++) {
      assertThat(drawn[id]).isCloseTo(p[id], Offset.offset(4 * Math.sqrt(0.25 / DRAWS)));
    }
  }

  @Test
  void shouldSharpenByTemperature() {
    float[] doubled = new float[LOGITS.length];
    for (int i = 0; i < doubled.length; i++) {
      doubled[i] = 2 * LOGITS[i];
    }
    double[] p = Distributions.softmax(doubled);
    double[] drawn = frequencies(new Sampling(0.5f, 0, 1, 1, 43));
    for (int id = 0; id < p.length; id++) {
      assertThat(drawn[id]).isCloseTo(p[id], Offset.offset(4 * Math.sqrt(0.25 / DRAWS)));
    }
  }

  @Test
  void shouldDrawOnlyTheKLikeliestAndTheLowestIdAmongEquals() {
    assertThat(drawn(new Sampling(1, 1, 1, 1, 7))).containsExactly(1);
    assertThat(drawn(new Sampling(1, 3, 1, 1, 7))).containsExactly(1, 3, 4);
    assertThat(drawn(new Sampling(1, 500, 1, 1, 7))).hasSize(7);
  }

  @Test
  void shouldDrawOnlyTheSmallestSetThatReachesTheMass() {
    // Tokens 1, 3, 4, 7 hold .338, .338, .205, .124 of the mass without the others' rest.
    double[] p = Distributions.softmax(LOGITS);
    float justTwo = (float) (p[1] + p[3] - 0.01);
    assertThat(drawn(new Sampling(1, 0, justTwo, 1, 7))).containsExactly(1, 3);
    assertThat(drawn(new Sampling(1, 0, justTwo + 0.02f, 1, 7))).containsExactly(1, 3, 4);
    assertThat(drawn(new Sampling(1, 0, 1e-6f, 1, 7))).containsExactly(1);
    // After the three likeliest, the first two of them hold .77 of what is left.
    assertThat(drawn(new Sampling(1, 3, 0.7f, 1, 7))).containsExactly(1, 3);
  }

  @Test
  void shouldPenalizeTokensThatWereSeen() {
    seen[0] = 1L << 1 | 1L << 2;
    Sampling sampling = new Sampling(0, 0, 1, 2, 0);
    assertThat(choose(LOGITS, sampling, 0)).isEqualTo(3);
    seen[0] |= 1L << 3;
    assertThat(choose(LOGITS, sampling, 0)).isEqualTo(4);
    // A negative logit gets further away: -1 becomes -2.
    assertThat(choose(new float[] {-5, -5, -1, -1.5f, -5, -5, -5, -5}, sampling, 0)).isEqualTo(2);
    seen[0] = 1L << 2;
    assertThat(choose(new float[] {-5, -5, -1, -1.5f, -5, -5, -5, -5}, sampling, 0)).isEqualTo(3);
  }

  @Test
  void shouldReportLogprobsOfTheModelWhateverTheSampling() {
    double[] p = Distributions.softmax(LOGITS);
    int token = choose(LOGITS, new Sampling(3, 0, 1, 1, 5), 8);
    assertThat(sampler.logprob()).isCloseTo((float) Math.log(p[token]), Offset.offset(1e-5f));
    TopLogprobs top = sampler.top();
    assertThat(IntStream.range(0, top.count()).map(top::token).toArray())
        .containsExactly(1, 3, 4, 7, 0);
    assertThat(top.logprob(2)).isCloseTo((float) Math.log(p[4]), Offset.offset(1e-5f));
  }

  @Test
  void shouldDependOnSeedAndIndexOnly() {
    Sampling sampling = new Sampling(1, 0, 1, 1, 99);
    int[] forwards = IntStream.range(0, 200).map(i -> choose(LOGITS, sampling, i)).toArray();
    for (int i = 199; i >= 0; i--) {
      assertThat(choose(LOGITS, sampling, i)).isEqualTo(forwards[i]);
    }
    int[] other =
        IntStream.range(0, 200)
            .map(i -> choose(LOGITS, new Sampling(1, 0, 1, 1, 100), i))
            .toArray();
    assertThat(other).isNotEqualTo(forwards);
  }

  @Test
  void shouldSortAWholeVocabularyByLogitThenId() {
    SplittableRandom random = new SplittableRandom(11);
    float[] logits = new float[1000];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextInt(50);
    }
    LogitHeap heap = new LogitHeap(logits.length);
    heap.build(logits);
    int before = heap.pop();
    while (heap.size() > 0) {
      int next = heap.pop();
      assertThat(logits[next] < logits[before] || logits[next] == logits[before] && next > before)
          .isTrue();
      before = next;
    }
  }

  private int choose(float[] logits, Sampling sampling, int index) {
    MemorySegment row = arena.allocate(Float.BYTES * (long) logits.length, 64);
    MemorySegment.copy(logits, 0, row, Floats.LAYOUT, 0, logits.length);
    return sampler.choose(row, 0, sampling, seen, index, 5);
  }

  private double[] frequencies(Sampling sampling) {
    double[] counts = new double[LOGITS.length];
    for (int i = 0; i < DRAWS; i++) {
      counts[choose(LOGITS, sampling, i)] += 1.0 / DRAWS;
    }
    return counts;
  }

  private int[] drawn(Sampling sampling) {
    return IntStream.range(0, 3000)
        .map(i -> choose(LOGITS, sampling, i))
        .distinct()
        .sorted()
        .toArray();
  }
}
