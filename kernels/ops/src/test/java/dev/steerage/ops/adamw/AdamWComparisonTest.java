package dev.steerage.ops.adamw;

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

class AdamWComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveTheRestAlone() {
    return EngagedTraining.each(
        List.of(0, 1, 7, 8, 13, 64, 207, 1024, 4098),
        (backend, count) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment[] expected = tensors(arena, count + 5);
            MemorySegment[] actual = tensors(arena, count + 5);
            for (long t = 1; t <= 3; t++) {
              var step = AdamWKernel.Step.of(1e-2, 0.9, 0.999, 1e-8, 0.01, t, 0.7);
              REFERENCE
                  .adamW()
                  .step(expected[0], expected[1], expected[2], expected[3], 3, count, step);
              backend.adamW().step(actual[0], actual[1], actual[2], actual[3], 3, count, step);
            }
            for (int i = 0; i < 4; i++) {
              assertThat(Tensors.bits(actual[i])).isEqualTo(Tensors.bits(expected[i]));
            }
          }
        });
  }

  private static MemorySegment[] tensors(Arena arena, int count) {
    return new MemorySegment[] {
      Tensors.normal(arena, count, 1),
      arena.allocate((long) count * Float.BYTES, 4),
      arena.allocate((long) count * Float.BYTES, 4),
      Tensors.normal(arena, count, 2)
    };
  }

  @Test
  void shouldStepByTheLearningRateAtFirst() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment p = Tensors.of(arena, 1f, 1f);
      MemorySegment g = Tensors.of(arena, 5f, -0.01f);
      MemorySegment m = arena.allocate(8, 4);
      MemorySegment v = arena.allocate(8, 4);
      var step = AdamWKernel.Step.of(0.1, 0.9, 0.999, 1e-8, 0, 1, 1);
      REFERENCE.adamW().step(p, m, v, g, 0, 2, step);
      Tensors.assertClose(Floats.get(p, 0), 0.9, 16, 1);
      Tensors.assertClose(Floats.get(p, 1), 1.1, 16, 1);
    }
  }
}
