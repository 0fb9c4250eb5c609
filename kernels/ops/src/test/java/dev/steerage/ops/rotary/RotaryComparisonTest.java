package dev.steerage.ops.rotary;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

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

class RotaryComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceInTheFusedLayout() {
    return EngagedBackends.each(
        List.of(0, 2, 8, 14, 16, 26, 32, 64, 414),
        (backend, rotated) -> {
          try (Arena arena = Arena.ofConfined()) {
            int headDim = rotated + 6;
            int heads = 3;
            int rows = 4;
            int rowStride = heads * 3 * headDim;
            int[] positions = {99, 5, 0, 63, 17};
            RotaryTable table = RotaryTable.of(rotated, 10_000, 64, arena);
            MemorySegment expected = Tensors.hard(arena, (long) rows * rowStride, 1);
            MemorySegment actual = Tensors.copy(arena, expected);
            for (int part = 0; part < 2; part++) {
              long offset = (long) part * headDim;
              REFERENCE
                  .rotary()
                  .rotate(
                      table, expected, offset, rowStride, rows, heads, 3 * headDim, positions, 1);
              backend
                  .rotary()
                  .rotate(table, actual, offset, rowStride, rows, heads, 3 * headDim, positions, 1);
            }
            assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
          }
        });
  }

  @Test
  void shouldRotateEachPairByItsAngle() {
    try (Arena arena = Arena.ofConfined()) {
      RotaryTable table = RotaryTable.of(4, 10_000, 8, arena);
      MemorySegment x = Tensors.of(arena, 1, 2, 3, 4, 5);
      REFERENCE.rotary().rotate(table, x, 0, 5, 1, 1, 5, new int[] {7}, 0);
      double[] angle = {7, 7 * Math.pow(10_000, -0.5)};
      for (int i = 0; i < 2; i++) {
        double a = i + 1;
        double b = i + 3;
        double cos = Math.cos(angle[i]);
        double sin = Math.sin(angle[i]);
        Tensors.assertClose(Floats.get(x, i), a * cos - b * sin, 2, a + b);
        Tensors.assertClose(Floats.get(x, i + 2), b * cos + a * sin, 2, a + b);
      }
      assertThat(Floats.get(x, 4)).isEqualTo(5f);
    }
  }

  @TestFactory
  Stream<DynamicNode> shouldRefuseAPositionPastTheTable() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            RotaryTable table = RotaryTable.of(4, 10_000, 8, arena);
            MemorySegment x = Tensors.of(arena, 1, 2, 3, 4);
            assertThatIllegalArgumentException()
                .isThrownBy(
                    () -> backend.rotary().rotate(table, x, 0, 4, 1, 1, 4, new int[] {8}, 0))
                .withMessage("position: value=8, limit=8");
          }
        });
  }
}
