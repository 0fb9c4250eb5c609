package dev.steerage.ops.layernorm;

import static dev.steerage.ops.EngagedTraining.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.EngagedTraining;
import dev.steerage.ops.Slopes;
import dev.steerage.ops.Tensors;
import dev.steerage.ops.TrainingBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class LayerNormBackwardComparisonTest {
  private static final float EPS = 1e-5f;

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedTraining.each(
        List.of(1, 7, 8, 13, 64, 207, 1024),
        (backend, width) -> {
          for (boolean accumulate : new boolean[] {false, true}) {
            assertThat(Tensors.bits(run(backend, width, accumulate)))
                .isEqualTo(Tensors.bits(run(REFERENCE, width, accumulate)));
          }
        });
  }

  /// Everything that the kernel writes, one after the other.
  private static MemorySegment run(TrainingBackend backend, int width, boolean accumulate) {
    Arena arena = Arena.ofAuto();
    int rows = 5;
    int stride = width + 3;
    MemorySegment x = Tensors.hard(arena, 1 + (long) rows * stride, 3);
    MemorySegment gamma = Tensors.normal(arena, width, 1);
    MemorySegment dy = Tensors.normal(arena, 2 + (long) rows * stride, 4);
    MemorySegment dx = Tensors.normal(arena, (long) rows * stride, 5);
    MemorySegment dgamma = Tensors.normal(arena, width, 6);
    MemorySegment dbeta = Tensors.normal(arena, width, 7);
    backend
        .layerNormBackward()
        .apply(
            x,
            1,
            stride,
            rows,
            width,
            gamma,
            EPS,
            dy,
            2,
            stride,
            dx,
            0,
            stride,
            accumulate,
            dgamma,
            dbeta);
    MemorySegment all = arena.allocate(dx.byteSize() + dgamma.byteSize() + dbeta.byteSize(), 4);
    MemorySegment.copy(dx, 0, all, 0, dx.byteSize());
    MemorySegment.copy(dgamma, 0, all, dx.byteSize(), dgamma.byteSize());
    MemorySegment.copy(dbeta, 0, all, dx.byteSize() + dgamma.byteSize(), dbeta.byteSize());
    return all;
  }

  @Test
  void shouldBeTheSlopeOfTheForward() {
    try (Arena arena = Arena.ofConfined()) {
      int rows = 3;
      int width = 7;
      MemorySegment x = Tensors.normal(arena, rows * width, 1);
      MemorySegment gamma = Tensors.normal(arena, width, 2);
      MemorySegment beta = Tensors.normal(arena, width, 3);
      MemorySegment dy = Tensors.normal(arena, rows * width, 4);
      MemorySegment y = Tensors.empty(arena, rows * width);
      MemorySegment dx = Tensors.empty(arena, rows * width);
      MemorySegment dgamma = arena.allocate(width * Float.BYTES, 4);
      MemorySegment dbeta = arena.allocate(width * Float.BYTES, 4);
      REFERENCE
          .layerNormBackward()
          .apply(
              x, 0, width, rows, width, gamma, EPS, dy, 0, width, dx, 0, width, false, dgamma,
              dbeta);
      DoubleSupplier objective =
          () -> {
            REFERENCE
                .forward()
                .layerNorm()
                .apply(x, 0, width, rows, width, gamma, beta, EPS, y, 0, width);
            return Slopes.dot(y, dy);
          };
      Slopes.check(x, dx, objective);
      Slopes.check(gamma, dgamma, objective);
      Slopes.check(beta, dbeta, objective);
    }
  }
}
