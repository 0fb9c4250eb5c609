package dev.steerage.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Order statistics by nearest rank.
class PercentilesTest {
  @Test
  void shouldGiveMeasuredValuesByNearestRank() {
    double[] values = IntStream.rangeClosed(1, 200).mapToDouble(i -> 201 - i).toArray();

    assertThat(Percentiles.of(values)).isEqualTo(new Percentiles(200, 100, 180, 198, 200));
    assertThat(Percentiles.of(new double[] {3})).isEqualTo(new Percentiles(1, 3, 3, 3, 3));
    assertThat(values[0]).as("the input stays in order").isEqualTo(200);
  }

  @Test
  void shouldRefuseAnEmptyRun() {
    assertThatThrownBy(() -> Percentiles.of(new double[0])).hasMessageContaining("length=0");
  }
}
