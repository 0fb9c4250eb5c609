package dev.steerage.ops.reduction;

import static dev.steerage.ops.EngagedTraining.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

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

class ReductionComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedTraining.each(
        List.of(0, 1, 7, 8, 13, 64, 207, 1024, 4098),
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            int stride = width + 3;
            MemorySegment from = Tensors.hard(arena, 1 + 5L * stride, 1);
            MemorySegment expected = Tensors.normal(arena, 2 + 5L * stride, 2);
            MemorySegment actual = Tensors.copy(arena, expected);
            REFERENCE.reduction().add(from, 1, stride, expected, 2, stride, 5, width);
            backend.reduction().add(from, 1, stride, actual, 2, stride, 5, width);
            REFERENCE.reduction().columns(from, 1, stride, 5, width, expected, 2);
            backend.reduction().columns(from, 1, stride, 5, width, actual, 2);
            assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
            MemorySegment x = Tensors.normal(arena, 1 + width, 3);
            assertThat(backend.reduction().squares(x, 1, width))
                .isEqualTo(REFERENCE.reduction().squares(x, 1, width));
          }
        });
  }

  @Test
  void shouldAddUpSquaresAsDoubleArithmeticDoes() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = Tensors.normal(arena, 3000, 1);
      double exact = 0;
      for (int i = 0; i < 3000; i++) {
        exact += (double) Floats.get(x, i) * Floats.get(x, i);
      }
      Tensors.assertClose(REFERENCE.reduction().squares(x, 0, 3000), exact, 70, exact);
    }
  }
}
