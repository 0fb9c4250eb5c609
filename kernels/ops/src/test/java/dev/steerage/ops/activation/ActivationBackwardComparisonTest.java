package dev.steerage.ops.activation;

import static dev.steerage.ops.EngagedTraining.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.EngagedTraining;
import dev.steerage.ops.Slopes;
import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ActivationBackwardComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedTraining.each(
        List.of(0, 1, 7, 8, 13, 64, 207, 1024, 4098),
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            for (Activation function : Activation.values()) {
              int stride = width + 3;
              MemorySegment x = Tensors.hard(arena, 1 + 3L * stride, 1);
              MemorySegment expected = Tensors.normal(arena, 2 + 3L * stride, 2);
              MemorySegment actual = Tensors.copy(arena, expected);
              REFERENCE
                  .activationBackward()
                  .apply(function, x, 1, stride, expected, 2, stride, 3, width);
              backend
                  .activationBackward()
                  .apply(function, x, 1, stride, actual, 2, stride, 3, width);
              assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
            }
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void shouldBeTheSlopeOfTheForward(Activation function) {
    try (Arena arena = Arena.ofConfined()) {
      int width = 32;
      MemorySegment x = Tensors.normal(arena, width, 1);
      MemorySegment dy = Tensors.normal(arena, width, 2);
      MemorySegment dx = Tensors.copy(arena, dy);
      REFERENCE.activationBackward().apply(function, x, 0, width, dx, 0, width, 1, width);
      MemorySegment y = Tensors.empty(arena, width);
      Slopes.check(
          x,
          dx,
          () -> {
            y.copyFrom(x);
            REFERENCE.forward().activation().apply(function, y, 0, width, 1, width);
            return Slopes.dot(y, dy);
          });
    }
  }
}
