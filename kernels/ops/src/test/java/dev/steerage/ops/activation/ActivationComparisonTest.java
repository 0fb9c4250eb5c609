package dev.steerage.ops.activation;

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
import org.junit.jupiter.api.TestFactory;

class ActivationComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedBackends.each(
        List.of(0, 1, 7, 8, 13, 64, 207, 1024, 4098),
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            for (Activation function : Activation.values()) {
              for (int rows : new int[] {0, 1, 3}) {
                int stride = width + 3;
                MemorySegment expected = Tensors.hard(arena, 2 + (long) rows * stride, 3);
                MemorySegment actual = Tensors.copy(arena, expected);
                REFERENCE.activation().apply(function, expected, 2, stride, rows, width);
                backend.activation().apply(function, actual, 2, stride, rows, width);
                assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceOverTheWholeCurve() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            int width = 40_000;
            MemorySegment sweep = Tensors.empty(arena, width);
            for (int i = 0; i < width; i++) {
              Floats.set(sweep, i, (i - 20_000) * 0.00071f);
            }
            for (Activation function : Activation.values()) {
              MemorySegment expected = Tensors.copy(arena, sweep);
              MemorySegment actual = Tensors.copy(arena, sweep);
              REFERENCE.activation().apply(function, expected, 0, width, 1, width);
              backend.activation().apply(function, actual, 0, width, 1, width);
              assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldTreatInfinitiesAndNaNAsWritten() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            float inf = Float.POSITIVE_INFINITY;
            MemorySegment erf = Tensors.of(arena, Float.NaN, inf, -inf);
            MemorySegment tanh = Tensors.of(arena, Float.NaN, inf, -inf);
            backend.activation().apply(Activation.GELU_ERF, erf, 0, 3, 1, 3);
            backend.activation().apply(Activation.GELU_TANH, tanh, 0, 3, 1, 3);
            assertThat(Floats.get(erf, 0)).isNaN();
            assertThat(Floats.get(erf, 1)).isEqualTo(inf);
            assertThat(Floats.get(erf, 2)).isNaN();
            assertThat(Floats.get(tanh, 0)).isNaN();
            assertThat(Floats.get(tanh, 1)).isEqualTo(inf);
            assertThat(Floats.get(tanh, 2)).isEqualTo(-inf);
          }
        });
  }
}
