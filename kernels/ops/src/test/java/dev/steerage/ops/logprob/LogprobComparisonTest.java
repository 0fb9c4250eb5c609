package dev.steerage.ops.logprob;

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

class LogprobComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldMatchTheReference() {
    return EngagedBackends.each(
        List.of(1, 7, 8, 11, 64, 207, 1024, 1025, 4098),
        (backend, count) -> {
          try (Arena arena = Arena.ofConfined()) {
            for (MemorySegment x :
                List.of(Tensors.normal(arena, count + 2, 1), Tensors.hard(arena, count + 2, 2))) {
              assertThat(backend.logprob().logSumExp(x, 2, count))
                  .isEqualTo(REFERENCE.logprob().logSumExp(x, 2, count));
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
            LogprobKernel kernel = backend.logprob();
            assertThat(kernel.logSumExp(Tensors.of(arena, -inf, -inf), 0, 2)).isEqualTo(-inf);
            assertThat(kernel.logSumExp(Tensors.of(arena, -inf, 2), 0, 2)).isEqualTo(2.0);
            assertThat(kernel.logSumExp(Tensors.of(arena, 1, Float.NaN), 0, 2)).isNaN();
            assertThat(kernel.logSumExp(Tensors.of(arena, inf, 1), 0, 2)).isNaN();
          }
        });
  }

  @Test
  void shouldStayCloseToDoubleArithmetic() {
    try (Arena arena = Arena.ofConfined()) {
      int count = 4098;
      MemorySegment x = Tensors.normal(arena, count, 1);
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += Math.exp(Floats.get(x, i));
      }
      double actual = REFERENCE.logprob().logSumExp(x, 0, count);
      Tensors.assertClose(actual, Math.log(sum), LogprobKernel.CHUNK / 16, 1);
    }
  }
}
