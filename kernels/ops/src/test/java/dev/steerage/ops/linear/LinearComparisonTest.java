package dev.steerage.ops.linear;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.steerage.ops.Backend;
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

class LinearComparisonTest {
  private static final List<Integer> SIZES = List.of(0, 1, 7, 8, 13, 64, 207, 1024, 4098);
  private static final int[] ROWS = {0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 33};

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceForEveryOutputCount() {
    return EngagedBackends.each(SIZES, (backend, out) -> compare(backend, out, 13));
  }

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceForEveryInputCount() {
    return EngagedBackends.each(SIZES, (backend, in) -> compare(backend, 45, in));
  }

  @TestFactory
  Stream<DynamicNode> shouldGiveARowTheSameBitsAloneAndAnywhereInABatch() {
    return EngagedBackends.each(
        List.of(1, 7, 64, 207),
        (backend, size) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment weight = Tensors.normal(arena, (long) size * size, 1);
            PackedLinear packed = backend.linear().pack(weight, null, size, size, arena);
            MemorySegment x = Tensors.normal(arena, 64L * size, 2);
            for (int rows = 2; rows <= 64; rows++) {
              MemorySegment together = Tensors.empty(arena, (long) rows * size);
              backend.linear().apply(packed, x, 0, size, rows, together, 0, size);
              int row = rows * 7 / 9;
              MemorySegment alone = Tensors.empty(arena, size);
              backend.linear().apply(packed, x, (long) row * size, size, 1, alone, 0, size);
              assertThat(Tensors.bits(together, (long) row * size, size))
                  .isEqualTo(Tensors.bits(alone));
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldGiveAnOutputTheSameBitsInAnyShareOfTheOutputs() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            int out = 203;
            int in = 70;
            MemorySegment weight = Tensors.normal(arena, (long) out * in, 1);
            MemorySegment x = Tensors.normal(arena, 9L * in, 2);
            for (WeightType type : WeightType.values()) {
              PackedLinear packed = backend.linear().pack(weight, null, out, in, type, arena);
              MemorySegment whole = Tensors.empty(arena, 9L * out);
              backend.linear().apply(packed, x, 0, in, 9, whole, 0, out);
              MemorySegment shares = Tensors.empty(arena, 9L * out);
              for (int first = 0; first < out; first += 48) {
                int limit = Math.min(out, first + 48);
                backend.linear().apply(packed, first, limit, x, 0, in, 9, shares, 0, out);
              }
              assertThat(Tensors.bits(shares)).isEqualTo(Tensors.bits(whole));
            }
          }
        });
  }

  @Test
  void shouldStayCloseToDoubleArithmetic() {
    try (Arena arena = Arena.ofConfined()) {
      int in = 1024;
      MemorySegment weight = Tensors.normal(arena, 5L * in, 3);
      MemorySegment bias = Tensors.normal(arena, 5, 4);
      MemorySegment x = Tensors.normal(arena, in, 5);
      MemorySegment y = Tensors.empty(arena, 5);
      LinearKernel kernel = REFERENCE.linear();
      kernel.apply(kernel.pack(weight, bias, 5, in, arena), x, 0, in, 1, y, 0, 5);
      for (int o = 0; o < 5; o++) {
        double exact = Floats.get(bias, o);
        double magnitude = Math.abs(exact);
        for (int i = 0; i < in; i++) {
          double term = (double) Floats.get(weight, o * in + i) * Floats.get(x, i);
          exact += term;
          magnitude += Math.abs(term);
        }
        Tensors.assertClose(Floats.get(y, o), exact, in, magnitude);
      }
    }
  }

  @TestFactory
  Stream<DynamicNode> shouldRefuseMemoryOutsideItsTensors() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment weight = Tensors.normal(arena, 12, 1);
            PackedLinear packed = backend.linear().pack(weight, null, 3, 4, arena);
            MemorySegment x = Tensors.normal(arena, 7, 1);
            MemorySegment y = Tensors.empty(arena, 6);
            assertThatIllegalArgumentException()
                .isThrownBy(() -> backend.linear().apply(packed, x, 0, 4, 2, y, 0, 3))
                .withMessage("x: end=8, limit=7");
            assertThatIllegalArgumentException()
                .isThrownBy(() -> backend.linear().apply(packed, x, 0, 4, 1, y, 4, 3))
                .withMessage("y: end=7, limit=6");
            assertThatIllegalArgumentException()
                .isThrownBy(() -> backend.linear().apply(packed, x, 0, 2, 2, y, 0, 3))
                .withMessage("x: stride=2, limit=4");
          }
        });
  }

  private static void compare(Backend backend, int out, int in) {
    for (WeightType type : WeightType.values()) {
      compare(backend, out, in, type);
    }
  }

  private static void compare(Backend backend, int out, int in, WeightType type) {
    for (int rows : ROWS) {
      try (Arena arena = Arena.ofConfined()) {
        int xStride = in + 3;
        int yStride = out + 5;
        MemorySegment weight = Tensors.hard(arena, (long) out * in, 11);
        MemorySegment bias = rows % 2 == 0 ? null : Tensors.hard(arena, out, 12);
        MemorySegment x = Tensors.hard(arena, 2 + (long) rows * xStride, 13);
        MemorySegment expected = Tensors.empty(arena, 1 + (long) rows * yStride);
        MemorySegment actual = Tensors.copy(arena, expected);
        if (type == WeightType.BF16 && backend.instructionPath().equals("amx")) {
          TileOrder.apply(weight, bias, out, in, x, 2, xStride, rows, expected, 1, yStride);
        } else {
          apply(REFERENCE, weight, bias, out, in, type, x, xStride, rows, expected, yStride);
        }
        apply(backend, weight, bias, out, in, type, x, xStride, rows, actual, yStride);
        assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
      }
    }
  }

  private static void apply(
      Backend backend,
      MemorySegment weight,
      MemorySegment bias,
      int out,
      int in,
      WeightType type,
      MemorySegment x,
      int xStride,
      int rows,
      MemorySegment y,
      int yStride) {
    try (Arena arena = Arena.ofConfined()) {
      PackedLinear packed = backend.linear().pack(weight, bias, out, in, type, arena);
      backend.linear().apply(packed, x, 2, xStride, rows, y, 1, yStride);
    }
  }
}
