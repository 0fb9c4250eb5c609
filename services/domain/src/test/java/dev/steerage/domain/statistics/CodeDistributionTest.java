package dev.steerage.domain.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Counts to numbers, compared with the definitions.
class CodeDistributionTest {

  @Test
  void shouldGiveLogOfCodesForUniformCounts() {
    int[] counts = new int[500];
    Arrays.fill(counts, 7);
    assertThat(CodeDistribution.entropyNats(counts)).isCloseTo(Math.log(500), within(1e-12));
    assertThat(CodeDistribution.deadShare(counts)).isZero();
  }

  @Test
  void shouldGiveZeroEntropyForOneCodeAndForNone() {
    assertThat(CodeDistribution.entropyNats(new int[] {0, 900, 0})).isZero();
    assertThat(CodeDistribution.entropyNats(new int[3])).isZero();
    assertThat(CodeDistribution.deadShare(new int[] {0, 900, 0, 0})).isEqualTo(0.75);
  }

  @Test
  void shouldGiveLogTwoForDisjointAndZeroForProportionalCounts() {
    int[] left = {3, 0, 1000, 0};
    int[] right = {0, 5, 0, 70};
    assertThat(CodeDistribution.jensenShannonNats(left, right))
        .isCloseTo(Math.log(2), within(1e-12));
    assertThat(CodeDistribution.jensenShannonNats(new int[] {2, 4}, new int[] {100, 200}))
        .isCloseTo(0, within(1e-12));
    assertThat(CodeDistribution.jensenShannonNats(left, new int[4])).isZero();
  }

  @Test
  void shouldRefuseDriftBetweenCodebooksOfAnotherSize() {
    assertThatThrownBy(() -> CodeDistribution.jensenShannonNats(new int[2], new int[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected 3");
  }

  @Test
  void shouldPutLowestIdFirstAmongEquals() {
    int[] counts = {0, 5, 9, 5, 9, 1};
    assertThat(CodeDistribution.top(counts, 4)).containsExactly(2, 4, 1, 3);
    assertThat(CodeDistribution.top(counts, 100)).containsExactly(2, 4, 1, 3, 5);
    assertThat(CodeDistribution.top(counts, 0)).isEmpty();
  }

  @Test
  void shouldAgreeWithDefinitionsOnRandomCounts() {
    for (int seed = 0; seed < 50; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      int codes = random.nextInt(1, 3000);
      int most = random.nextInt(1, 200);
      int[] counts = random.ints(codes, 0, most).toArray();
      int[] others = random.ints(codes, 0, most).map(count -> count / 3).toArray();
      assertThat(CodeDistribution.entropyNats(counts)).isCloseTo(entropy(counts), within(1e-9));
      assertThat(CodeDistribution.jensenShannonNats(counts, others))
          .isCloseTo(jensenShannon(counts, others), within(1e-9));
      assertThat(CodeDistribution.top(counts, 10)).containsExactly(top(counts, 10));
    }
  }

  private static double entropy(int[] counts) {
    double total = CodeDistribution.total(counts);
    return total == 0
        ? 0
        : -Arrays.stream(counts)
            .filter(count -> count > 0)
            .mapToDouble(count -> count / total * Math.log(count / total))
            .sum();
  }

  private static double jensenShannon(int[] counts, int[] others) {
    double total = CodeDistribution.total(counts);
    double otherTotal = CodeDistribution.total(others);
    if (total == 0 || otherTotal == 0) {
      return 0;
    }
    double sum = 0;
    for (int code = 0; code < counts.length; code++) {
      double p = counts[code] / total;
      double q = others[code] / otherTotal;
      double m = (p + q) / 2;
      sum += (p > 0 ? p * Math.log(p / m) : 0) + (q > 0 ? q * Math.log(q / m) : 0);
    }
    return sum / 2;
  }

  private static int[] top(int[] counts, int limit) {
    return IntStream.range(0, counts.length)
        .filter(code -> counts[code] > 0)
        .boxed()
        .sorted(Comparator.<Integer>comparingInt(code -> -counts[code]).thenComparingInt(c -> c))
        .limit(limit)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
