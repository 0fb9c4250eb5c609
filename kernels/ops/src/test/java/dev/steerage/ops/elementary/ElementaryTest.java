package dev.steerage.ops.elementary;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The own functions against double arithmetic, over dense sweeps.
class ElementaryTest {
  @Test
  void shouldStayWithinTwoUlpOfTheExponential() {
    for (float x = Elementary.EXP_MIN; x < Elementary.EXP_MAX; x += 0.00137f) {
      double exact = StrictMath.exp(x);
      assertThat(Math.abs(Elementary.exp(x) - exact))
          .isLessThanOrEqualTo(2 * Math.ulp((float) exact));
    }
  }

  @Test
  void shouldSaturateTheExponentialAtItsEnds() {
    assertThat(Elementary.exp(Float.NEGATIVE_INFINITY)).isZero();
    assertThat(Elementary.exp(-88f)).isZero();
    assertThat(Elementary.exp(0f)).isEqualTo(1f);
    assertThat(Elementary.exp(-0f)).isEqualTo(1f);
    assertThat(Elementary.exp(Float.POSITIVE_INFINITY)).isEqualTo(Elementary.exp(90f)).isFinite();
    assertThat(Elementary.exp(Float.NaN)).isNaN();
    assertThat(Elementary.exp(Float.MIN_VALUE)).isEqualTo(1f);
  }

  @Test
  void shouldMatchTheNormalDistributionFunction() {
    for (float x = -12f; x < 12f; x += 0.00173f) {
      assertThat((double) Elementary.normal(x)).isCloseTo(normal(x), within(4e-7));
    }
  }

  @Test
  void shouldMatchBothGelus() {
    for (float x = -12f; x < 12f; x += 0.00173f) {
      double scale = Math.max(1, Math.abs(x));
      assertThat((double) Elementary.geluErf(x)).isCloseTo(x * normal(x), within(6e-7 * scale));
      double u = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
      assertThat((double) Elementary.geluTanh(x))
          .isCloseTo(0.5 * x * (1 + StrictMath.tanh(u)), within(6e-7 * scale));
    }
  }

  @Test
  void shouldVanishForHugeNegativeInputs() {
    assertThat(Elementary.geluErf(-3e38f)).isZero();
    assertThat(Elementary.geluErf(3e38f)).isEqualTo(3e38f);
  }

  /// Simpson's rule from 0: exact to 1e-12 here, and nobody's erf takes part.
  private static double normal(double x) {
    int steps = 2 * (int) Math.ceil(100 * Math.abs(x) + 2);
    double h = x / steps;
    double sum = density(0) + density(x);
    for (int i = 1; i < steps; i++) {
      sum += density(i * h) * (i % 2 == 0 ? 2 : 4);
    }
    return 0.5 + sum * h / 3;
  }

  private static double density(double x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private static org.assertj.core.data.Offset<Double> within(double bound) {
    return org.assertj.core.data.Offset.offset(bound);
  }
}
