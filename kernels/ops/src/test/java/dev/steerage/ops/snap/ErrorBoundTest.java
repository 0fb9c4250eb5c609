package dev.steerage.ops.snap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorBoundTest {
  private static final int CODES = 200;

  @ParameterizedTest
  @CsvSource({
    "INNER_PRODUCT, 1, 1",
    "INNER_PRODUCT, 7, 1e-20",
    "INNER_PRODUCT, 64, 1",
    "INNER_PRODUCT, 64, 1e-38",
    "INNER_PRODUCT, 1024, 1e9",
    "EUCLIDEAN, 1, 1",
    "EUCLIDEAN, 7, 1e-20",
    "EUCLIDEAN, 64, 1",
    "EUCLIDEAN, 64, 1e9",
    "EUCLIDEAN, 1024, 30"
  })
  void shouldCoverEveryErrorOfTheScan(Similarity similarity, int width, float scale) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment values = Tensors.normal(arena, (long) CODES * width, 1);
      MemorySegment x = Tensors.normal(arena, width, 2);
      for (int i = 0; i < width; i++) {
        Floats.set(x, i, Floats.get(x, i) * scale);
      }
      CodePanels codes = CodePanels.of(values, CODES, width, similarity, arena);
      MemorySegment rounded = Tensors.copy(arena, x);
      for (int i = 0; i < width; i++) {
        Floats.set(rounded, i, Bf16.round(Floats.get(x, i)));
      }
      double bound = codes.bound(x, 0, false);
      double roundedBound = codes.bound(x, 0, true);
      assertThat(roundedBound).isGreaterThanOrEqualTo(bound);
      for (int id = 0; id < CODES; id++) {
        double exact = scanned(codes, x, id);
        assertThat(Math.abs(scan(codes, x, id) - exact)).isLessThanOrEqualTo(bound);
        assertThat(Math.abs(scan(codes, rounded, id) - exact)).isLessThanOrEqualTo(roundedBound);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Similarity.class)
  void shouldRefuseRowsThatCouldOverflow(Similarity similarity) {
    assertThat(ErrorBound.of(similarity, 64, 1e19, 0, 1, 0)).isNaN();
    assertThat(ErrorBound.of(similarity, 64, Double.NaN, 0, 1, 0)).isNaN();
    assertThat(ErrorBound.of(similarity, 64, 1, 0, 1e19, 0)).isNaN();
    assertThat(ErrorBound.of(similarity, 64, 1, 0, 1, 0)).isLessThan(2e-5);
  }

  /// What a scan computes: one chain over the panels.
  private static float scan(CodePanels codes, MemorySegment x, int id) {
    float acc = Floats.get(codes.panels().bias(), id);
    for (int i = 0; i < codes.width(); i++) {
      acc = Math.fma(codes.panels().at(id, i), Floats.get(x, i), acc);
    }
    return acc;
  }

  /// What a scan stands for, from the canonical score.
  private static double scanned(CodePanels codes, MemorySegment x, int id) {
    double score = codes.score(x, 0, id);
    if (codes.similarity() == Similarity.INNER_PRODUCT) {
      return score;
    }
    double squares = 0;
    for (int i = 0; i < codes.width(); i++) {
      squares += (double) Floats.get(x, i) * Floats.get(x, i);
    }
    return (score + squares) / 2;
  }
}
