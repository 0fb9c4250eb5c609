package dev.steerage.ops.product;

import static dev.steerage.ops.EngagedTraining.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.EngagedTraining;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ProductComparisonTest {
  private static final List<Integer> SIZES = List.of(0, 1, 7, 8, 13, 64, 207);

  private record Shape(int m, int n, int k) {}

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedTraining.each(
        SIZES,
        (backend, size) -> {
          for (Shape shape :
              List.of(new Shape(size, 33, 9), new Shape(13, size, 20), new Shape(7, 66, size))) {
            for (int layout = 0; layout < 3; layout++) {
              for (boolean accumulate : new boolean[] {false, true}) {
                compare(backend.product(), shape, layout, accumulate);
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldKeepOneChainOverManyInnerIndices() {
    return EngagedTraining.each(
        backend -> compare(backend.product(), new Shape(8, 65, 1025), 0, true));
  }

  /// Layout 0: both row by row; 1: the left one transposed; 2: the right one transposed.
  private static void compare(ProductKernel kernel, Shape shape, int layout, boolean accumulate) {
    try (Arena arena = Arena.ofConfined()) {
      int m = shape.m;
      int n = shape.n;
      int k = shape.k;
      MemorySegment left = Tensors.hard(arena, 2 + (long) (m + 3) * (k + 3), 1);
      MemorySegment right = Tensors.hard(arena, 3 + (long) (n + 5) * (k + 5), 2);
      Matrix a =
          layout == 1 ? Matrix.rows(left, 2, m + 3).transposed() : Matrix.rows(left, 2, k + 3);
      Matrix b =
          layout == 2 ? Matrix.rows(right, 3, k + 5).transposed() : Matrix.rows(right, 3, n + 5);
      int stride = n + 2;
      MemorySegment expected = Tensors.hard(arena, 1 + (long) m * stride, 3);
      MemorySegment actual = Tensors.copy(arena, expected);
      REFERENCE.product().multiply(a, b, expected, 1, stride, m, n, k, accumulate);
      kernel.multiply(a, b, actual, 1, stride, m, n, k, accumulate);
      assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
    }
  }

  @TestFactory
  Stream<DynamicNode> shouldRoundBothFactorsToBf16AndSumInFloat32() {
    return EngagedTraining.each(
        SIZES,
        (backend, size) -> {
          for (Shape shape :
              List.of(new Shape(size, 33, 9), new Shape(13, size, 40), new Shape(7, 66, size))) {
            for (int layout = 0; layout < 3; layout++) {
              rounded(backend.roundedProduct(), shape, layout);
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldRoundWhatDoesNotFitItsBlocks() {
    return EngagedTraining.each(
        backend -> rounded(backend.roundedProduct(), new Shape(300, 65, 270), 2));
  }

  private static void rounded(ProductKernel kernel, Shape shape, int layout) {
    try (Arena arena = Arena.ofConfined()) {
      int m = shape.m;
      int n = shape.n;
      int k = shape.k;
      MemorySegment left = Tensors.normal(arena, 2 + (m + 3) * (k + 3), 1);
      MemorySegment right = Tensors.normal(arena, 3 + (n + 5) * (k + 5), 2);
      Matrix a =
          layout == 1 ? Matrix.rows(left, 2, m + 3).transposed() : Matrix.rows(left, 2, k + 3);
      Matrix b =
          layout == 2 ? Matrix.rows(right, 3, k + 5).transposed() : Matrix.rows(right, 3, n + 5);
      int stride = n + 2;
      MemorySegment out = Tensors.normal(arena, 1 + m * stride, 3);
      MemorySegment before = Tensors.copy(arena, out);
      kernel.multiply(a, b, out, 1, stride, m, n, k, true);
      for (int r = 0; r < m; r += Math.max(1, m / 11)) {
        for (int o = 0; o < n; o++) {
          double sum = Floats.get(before, 1 + (long) r * stride + o);
          double magnitude = Math.abs(sum);
          for (int i = 0; i < k; i++) {
            double term = (double) Bf16.round(a.get(r, i)) * Bf16.round(b.get(i, o));
            sum += term;
            magnitude += Math.abs(term);
          }
          Tensors.assertClose(Floats.get(out, 1 + (long) r * stride + o), sum, k + 1, magnitude);
        }
        for (int gap = n; gap < stride && r + 1 < m; gap++) {
          long at = 1 + (long) r * stride + gap;
          assertThat(Floats.get(out, at)).isEqualTo(Floats.get(before, at));
        }
      }
    }
  }

  @Test
  void shouldStayCloseToDoubleArithmetic() {
    try (Arena arena = Arena.ofConfined()) {
      int k = 207;
      MemorySegment left = Tensors.normal(arena, k, 1);
      MemorySegment right = Tensors.normal(arena, k, 2);
      MemorySegment out = Tensors.of(arena, 0.5f);
      REFERENCE
          .product()
          .multiply(Matrix.rows(left, 0, k), Matrix.rows(right, 0, 1), out, 0, 1, 1, 1, k, true);
      double exact = 0.5;
      double magnitude = 0.5;
      for (int i = 0; i < k; i++) {
        double term = (double) Floats.get(left, i) * Floats.get(right, i);
        exact += term;
        magnitude += Math.abs(term);
      }
      Tensors.assertClose(Floats.get(out, 0), exact, k, magnitude);
    }
  }

  @Test
  void shouldRefuseAMatrixWithoutNeighbours() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = Tensors.normal(arena, 100, 1);
      Matrix scattered = new Matrix(x, 0, 20, 2);
      Matrix plain = Matrix.rows(x, 0, 2);
      assertThatThrownBy(
              () -> REFERENCE.product().multiply(scattered, plain, x, 0, 2, 2, 2, 2, false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("a: row stride=20, column stride=2");
    }
  }
}
