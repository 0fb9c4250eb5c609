package dev.steerage.ops.crossentropy;

import static dev.steerage.ops.EngagedTraining.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.ops.EngagedTraining;
import dev.steerage.ops.Slopes;
import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CrossEntropyComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedTraining.each(
        List.of(1, 7, 8, 11, 13, 64, 207, 1024, 4098),
        (backend, count) -> {
          try (Arena arena = Arena.ofConfined()) {
            int stride = count + 3;
            MemorySegment targets =
                arena.allocateFrom(ValueLayout.JAVA_INT, 0, count - 1, -1, count / 2);
            MemorySegment expected = Tensors.normal(arena, 1 + 4L * stride, 1);
            MemorySegment actual = Tensors.copy(arena, expected);
            MemorySegment expectedParts = arena.allocate(64, 8);
            MemorySegment actualParts = arena.allocate(64, 8);
            REFERENCE
                .crossEntropy()
                .apply(expected, 1, stride, 4, count, targets, 0.3f, expectedParts);
            backend.crossEntropy().apply(actual, 1, stride, 4, count, targets, 0.3f, actualParts);
            assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
            assertThat(actualParts.mismatch(expectedParts)).isEqualTo(-1);
            assertThat(CrossEntropyKernel.loss(actualParts, 2)).isZero();
          }
        });
  }

  @Test
  void shouldBeTheSlopeOfTheLoss() {
    try (Arena arena = Arena.ofConfined()) {
      int count = 9;
      MemorySegment x = Tensors.normal(arena, count, 1);
      MemorySegment targets = arena.allocateFrom(ValueLayout.JAVA_INT, 4);
      MemorySegment parts = arena.allocate(16, 8);
      MemorySegment gradient = Tensors.copy(arena, x);
      REFERENCE.crossEntropy().apply(gradient, 0, count, 1, count, targets, 1f, parts);
      MemorySegment scratch = Tensors.copy(arena, x);
      Slopes.check(
          x,
          gradient,
          () -> {
            scratch.copyFrom(x);
            REFERENCE.crossEntropy().apply(scratch, 0, count, 1, count, targets, 1f, parts);
            return CrossEntropyKernel.loss(parts, 0);
          });
    }
  }

  @Test
  void shouldRefuseATargetOutsideTheVocabulary() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = Tensors.normal(arena, 4, 1);
      MemorySegment targets = arena.allocateFrom(ValueLayout.JAVA_INT, 4);
      MemorySegment parts = arena.allocate(16, 8);
      assertThatThrownBy(() -> REFERENCE.crossEntropy().apply(x, 0, 4, 1, 4, targets, 1f, parts))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("target: value=4, limit=4");
    }
  }
}
