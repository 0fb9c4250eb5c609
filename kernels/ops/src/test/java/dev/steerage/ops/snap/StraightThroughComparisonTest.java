package dev.steerage.ops.snap;

import static dev.steerage.ops.EngagedTraining.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.steerage.ops.EngagedTraining;
import dev.steerage.ops.Slopes;
import dev.steerage.ops.Tensors;
import dev.steerage.ops.snap.StraightThroughKernel.Block;
import dev.steerage.ops.snap.StraightThroughKernel.Choice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StraightThroughComparisonTest {
  private static final int ROWS = 9;
  private static final int CODES = 5;

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceAndLeaveGapsAlone() {
    return EngagedTraining.each(
        List.of(1, 7, 8, 13, 64, 207),
        (backend, width) -> {
          for (int active : new int[] {1, 3}) {
            try (Arena arena = Arena.ofConfined()) {
              int stride = width + 3;
              Choice choice = choice(active, arena);
              MemorySegment codes = Tensors.normal(arena, 2 + (long) CODES * width, 1);
              Block u = new Block(Tensors.normal(arena, (long) ROWS * stride, 2), 0, stride);
              MemorySegment[][] made = new MemorySegment[2][];
              int at = 0;
              for (var kernel : List.of(REFERENCE.straightThrough(), backend.straightThrough())) {
                MemorySegment out = Tensors.empty(arena, 1 + (long) ROWS * stride);
                MemorySegment g = Tensors.normal(arena, (long) ROWS * stride, 3);
                MemorySegment dcodes = Tensors.normal(arena, 2 + (long) CODES * width, 4);
                Block outBlock = new Block(out, 1, stride);
                kernel.mean(codes, 2, CODES, width, choice, outBlock);
                kernel.backward(
                    u,
                    outBlock,
                    new Block(g, 0, stride),
                    width,
                    choice,
                    0.5f,
                    0.25f,
                    0.125f,
                    dcodes,
                    2,
                    CODES);
                made[at++] = new MemorySegment[] {out, g, dcodes};
              }
              for (int i = 0; i < 3; i++) {
                assertThat(Tensors.bits(made[1][i])).isEqualTo(Tensors.bits(made[0][i]));
              }
            }
          }
        });
  }

  @Test
  void shouldGiveCodesTheSlopeOfTheirMean() {
    try (Arena arena = Arena.ofConfined()) {
      int width = 4;
      Choice choice = choice(2, arena);
      MemorySegment codes = Tensors.normal(arena, CODES * width, 1);
      MemorySegment out = Tensors.empty(arena, ROWS * width);
      MemorySegment g = Tensors.normal(arena, ROWS * width, 3);
      MemorySegment upstream = Tensors.copy(arena, g);
      MemorySegment dcodes = arena.allocate(CODES * width * Float.BYTES, 4);
      Block block = new Block(out, 0, width);
      REFERENCE.straightThrough().mean(codes, 0, CODES, width, choice, block);
      REFERENCE
          .straightThrough()
          .backward(
              block, block, new Block(g, 0, width), width, choice, 0.5f, 0f, 0f, dcodes, 0, CODES);
      assertThat(Tensors.bits(g)).isEqualTo(Tensors.bits(upstream));
      Slopes.check(
          codes,
          dcodes,
          () -> {
            REFERENCE.straightThrough().mean(codes, 0, CODES, width, choice, block);
            return Slopes.dot(out, upstream);
          });
    }
  }

  @Test
  void shouldRefuseACodeThatIsNotThere() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocateFrom(ValueLayout.JAVA_INT, CODES);
      MemorySegment x = Tensors.normal(arena, CODES, 1);
      assertThatThrownBy(
              () ->
                  REFERENCE
                      .straightThrough()
                      .mean(x, 0, CODES, 1, new Choice(ids, 0, 1, 1, 1), new Block(x, 0, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("id: value=5, limit=5");
    }
  }

  private static Choice choice(int active, Arena arena) {
    Random random = new Random(7);
    MemorySegment ids = arena.allocate((long) ROWS * (active + 1) * Integer.BYTES, 4);
    for (int r = 0; r < ROWS; r++) {
      for (int slot = 0; slot < active; slot++) {
        ids.setAtIndex(ValueLayout.JAVA_INT, (long) r * (active + 1) + slot, random.nextInt(CODES));
      }
    }
    return new Choice(ids, 0, active + 1, ROWS, active);
  }
}
