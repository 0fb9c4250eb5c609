package dev.steerage.worker.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TopDivergenceTest {
  private static final double[] FROM = {0.5, 0.3, 0.15, 0.05};
  private static final double[] TO = {0.2, 0.6, 0.1, 0.1};

  private static TopDivergence.Likeliest of(double[] distribution, int... tokens) {
    double[] logprobs = new double[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      logprobs[i] = Math.log(distribution[tokens[i]]);
    }
    return new TopDivergence.Likeliest(tokens, logprobs);
  }

  private static double whole() {
    double sum = 0;
    for (int i = 0; i < FROM.length; i++) {
      sum += FROM[i] * Math.log(FROM[i] / TO[i]);
    }
    return sum;
  }

  @Test
  void shouldBeTheDivergenceWhereEveryTokenIsKnown() {
    assertThat(TopDivergence.of(of(FROM, 0, 1, 2, 3), of(TO, 1, 0, 2, 3)))
        .isCloseTo(whole(), within(1e-9));
  }

  @Test
  void shouldBeLessThanTheDivergenceWhereSomeTokensAreKnown() {
    assertThat(TopDivergence.of(of(FROM, 0, 1), of(TO, 1, 0))).isBetween(1e-3, whole());
    assertThat(TopDivergence.of(of(FROM, 0), of(TO, 1))).isZero();
  }

  @Test
  void shouldBeNothingBetweenADistributionAndItself() {
    assertThat(TopDivergence.of(of(FROM, 0, 1, 2), of(FROM, 0, 1, 2))).isZero();
  }
}
