package dev.steerage.ops.attention;

import static dev.steerage.ops.EngagedTraining.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.EngagedTraining;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Slopes;
import dev.steerage.ops.Tensors;
import dev.steerage.ops.TrainingBackend;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class CausalAttentionComparisonTest {
  /// One head of fused rows, with memory for everything around it.
  private static final class Head {
    final int length;
    final int dim;
    final int stride;
    final MemorySegment qkv;
    final MemorySegment probabilities;
    final MemorySegment z;
    final MemorySegment dz;
    final MemorySegment gradients;
    final MemorySegment scratch;
    final HeadRows rows;

    Head(int length, int dim, Arena arena) {
      this.length = length;
      this.dim = dim;
      stride = 3 * dim + 2;
      qkv = Tensors.normal(arena, (long) length * stride, 1);
      int pitch = CausalAttentionKernel.pitch(length);
      probabilities = Tensors.empty(arena, (long) length * pitch);
      z = Tensors.empty(arena, (long) length * (dim + 1));
      dz = Tensors.normal(arena, (long) length * (dim + 1), 2);
      gradients = Tensors.normal(arena, (long) length * stride, 3);
      scratch = Tensors.empty(arena, CausalAttentionKernel.scratch(length, dim));
      rows = new HeadRows(qkv, 0, dim, 2L * dim, stride);
    }

    void forward(TrainingBackend backend, int window) {
      backend
          .causalAttention()
          .forward(rows, length, dim, window, 0.4f, probabilities, 0, z, 0, dim + 1, scratch);
    }

    void backward(TrainingBackend backend) {
      backend
          .causalAttention()
          .backward(
              rows,
              length,
              dim,
              0.4f,
              probabilities,
              0,
              dz,
              0,
              dim + 1,
              new HeadRows(gradients, 0, dim, 2L * dim, stride),
              scratch);
    }
  }

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedTraining.each(
        List.of(1, 7, 13, 31, 32, 33, 64, 100),
        (backend, length) -> {
          try (Arena arena = Arena.ofConfined()) {
            for (int dim : new int[] {1, 8, 13, 32}) {
              for (int window : new int[] {5, Integer.MAX_VALUE}) {
                Head expected = new Head(length, dim, arena);
                expected.forward(REFERENCE, window);
                expected.backward(REFERENCE);
                Head actual = new Head(length, dim, arena);
                actual.forward(backend, window);
                actual.backward(backend);
                assertThat(Tensors.bits(actual.probabilities))
                    .isEqualTo(Tensors.bits(expected.probabilities));
                assertThat(Tensors.bits(actual.z)).isEqualTo(Tensors.bits(expected.z));
                assertThat(Tensors.bits(actual.gradients))
                    .isEqualTo(Tensors.bits(expected.gradients));
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldNotSeeTheFutureNorBeyondTheWindow() {
    return EngagedTraining.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            Head head = new Head(20, 4, arena);
            head.forward(backend, 6);
            int pitch = CausalAttentionKernel.pitch(20);
            for (int i = 0; i < 20; i++) {
              double sum = 0;
              for (int j = 0; j < pitch; j++) {
                float p = Floats.get(head.probabilities, (long) i * pitch + j);
                boolean seen = j <= i && j > i - 6;
                assertThat(p > 0).as("query %d, key %d", i, j).isEqualTo(seen);
                sum += p;
              }
              Tensors.assertClose(sum, 1, 20, 1);
            }
          }
        });
  }

  @Test
  void shouldBeTheSlopeOfTheForward() {
    try (Arena arena = Arena.ofConfined()) {
      Head head = new Head(5, 3, arena);
      head.gradients.fill((byte) 0);
      // What lies between the rows belongs to nobody: no gradient, no influence.
      for (int r = 0; r < head.length; r++) {
        Floats.set(head.dz, (long) r * 4 + 3, 0f);
        Floats.set(head.z, (long) r * 4 + 3, 0f);
      }
      head.forward(REFERENCE, 4);
      head.backward(REFERENCE);
      Slopes.check(
          head.qkv,
          head.gradients,
          () -> {
            head.forward(REFERENCE, 4);
            return Slopes.dot(head.z, head.dz);
          });
    }
  }
}
