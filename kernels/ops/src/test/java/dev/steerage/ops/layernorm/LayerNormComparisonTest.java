package dev.steerage.ops.layernorm;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.EngagedBackends;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LayerNormComparisonTest {
  private static final List<Integer> SIZES = List.of(0, 1, 7, 8, 13, 64, 207, 1024, 4098);

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedBackends.each(
        SIZES,
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment gamma = Tensors.normal(arena, width, 1);
            MemorySegment beta = Tensors.normal(arena, width, 2);
            for (int rows : new int[] {0, 1, 5}) {
              int stride = width + 3;
              MemorySegment x = Tensors.hard(arena, 1 + (long) rows * stride, 3);
              MemorySegment expected = Tensors.empty(arena, 2 + (long) rows * stride);
              MemorySegment actual = Tensors.copy(arena, expected);
              REFERENCE
                  .layerNorm()
                  .apply(x, 1, stride, rows, width, gamma, beta, 1e-5f, expected, 2, stride);
              backend
                  .layerNorm()
                  .apply(x, 1, stride, rows, width, gamma, beta, 1e-5f, actual, 2, stride);
              assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldWorkInPlaceAndGiveARowTheSameBitsAnywhere() {
    return EngagedBackends.each(
        List.of(1, 13, 64, 207),
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment gamma = Tensors.normal(arena, width, 1);
            MemorySegment beta = Tensors.normal(arena, width, 2);
            MemorySegment x = Tensors.normal(arena, 64L * width, 3);
            MemorySegment alone = Tensors.empty(arena, width);
            for (int rows = 1; rows <= 64; rows++) {
              MemorySegment y = Tensors.copy(arena, x);
              backend.layerNorm().apply(y, 0, width, rows, width, gamma, beta, 0f, y, 0, width);
              long row = (long) (rows - 1) * width;
              backend.layerNorm().apply(x, row, width, 1, width, gamma, beta, 0f, alone, 0, width);
              assertThat(Tensors.bits(y, row, width)).isEqualTo(Tensors.bits(alone));
            }
          }
        });
  }

  @Test
  void shouldStayCloseToDoubleArithmetic() {
    try (Arena arena = Arena.ofConfined()) {
      int width = 207;
      MemorySegment x = Tensors.normal(arena, width, 1);
      MemorySegment gamma = Tensors.normal(arena, width, 2);
      MemorySegment beta = Tensors.normal(arena, width, 3);
      MemorySegment y = Tensors.empty(arena, width);
      REFERENCE.layerNorm().apply(x, 0, width, 1, width, gamma, beta, 1e-5f, y, 0, width);
      double mean = 0;
      for (int i = 0; i < width; i++) {
        mean += Floats.get(x, i) / (double) width;
      }
      double variance = 0;
      for (int i = 0; i < width; i++) {
        variance += Math.pow(Floats.get(x, i) - mean, 2) / width;
      }
      for (int i = 0; i < width; i++) {
        double normal = (Floats.get(x, i) - mean) / Math.sqrt(variance + 1e-5);
        double exact = normal * Floats.get(gamma, i) + Floats.get(beta, i);
        double magnitude =
            (Math.abs(normal) + 1) * Math.abs(Floats.get(gamma, i)) + Math.abs(Floats.get(beta, i));
        // A row's moments take width / 16 additions per stripe and four folds.
        Tensors.assertClose(Floats.get(y, i), exact, width / 16 + 8, magnitude);
      }
    }
  }

  @TestFactory
  Stream<DynamicNode> shouldTurnARowWithNaNIntoNaN() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment one = Tensors.of(arena, 1, 1, 1);
            MemorySegment x = Tensors.of(arena, 1, Float.NaN, 3, 4, 5, 6);
            backend.layerNorm().apply(x, 0, 3, 2, 3, one, one, 1e-5f, x, 0, 3);
            assertThat(Floats.get(x, 0)).isNaN();
            assertThat(Floats.get(x, 2)).isNaN();
            assertThat(Floats.get(x, 4)).isEqualTo(1f);
          }
        });
  }
}
