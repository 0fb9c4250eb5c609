package dev.steerage.ops.snap;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Backend;
import dev.steerage.ops.EngagedBackends;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

class SnapComparisonTest {
  @TestFactory
  Stream<DynamicNode> shouldFindTheSameCodesForEverySize() {
    return EngagedBackends.each(
        List.of(1, 7, 8, 13, 64, 207, 1024, 4098),
        (backend, codes) -> {
          try (Arena arena = Arena.ofConfined()) {
            for (int width : new int[] {1, 7, 32, 64}) {
              MemorySegment values = Tensors.normal(arena, (long) codes * width, codes);
              MemorySegment x = Tensors.normal(arena, 9L * width, width);
              for (int depth : new int[] {0, 1, 8, 65, codes}) {
                compare(backend, values, codes, width, x, 9, Math.min(depth, codes));
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldFindTheSameCodesInWideCodebooks() {
    return EngagedBackends.each(
        List.of(128, 207, 512, 1024),
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = Tensors.normal(arena, 1500L * width, 1);
            compare(backend, values, 1500, width, Tensors.normal(arena, 5L * width, 2), 5, 8);
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldKeepTheLowestIdWhenDuplicatedAndFlippedCodesTie() {
    return EngagedBackends.each(
        List.of(1, 3, 8, 65, 600),
        (backend, depth) -> {
          try (Arena arena = Arena.ofConfined()) {
            int width = 24;
            int codes = 600;
            MemorySegment values = Tensors.normal(arena, (long) codes * width, 1);
            for (int id = 0; id < codes; id++) {
              float sign = id % 3 == 0 ? -1 : 1;
              for (int i = 0; i < width; i++) {
                float seed = Floats.get(values, (id % 37) * (long) width + i);
                Floats.set(values, (long) id * width + i, id < 37 ? seed : sign * seed);
              }
            }
            compare(backend, values, codes, width, Tensors.normal(arena, 6L * width, 2), 6, depth);
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldTellNearTiesApartAsTheCanonicalScoreDoes() {
    return EngagedBackends.each(
        List.of(1, 8, 40, 500),
        (backend, depth) -> {
          try (Arena arena = Arena.ofConfined()) {
            int width = 64;
            int codes = 500;
            MemorySegment values = Tensors.normal(arena, (long) codes * width, 1);
            for (int id = 1; id < codes; id++) {
              MemorySegment.copy(values, 0, values, (long) id * width * 4, width * 4L);
              long at = (long) id * width + id % width;
              float c = Floats.get(values, at);
              Floats.set(values, at, id % 2 == 0 ? Math.nextUp(c) : Math.nextDown(c));
            }
            compare(backend, values, codes, width, Tensors.normal(arena, 5L * width, 2), 5, depth);
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldReturnAscendingIdsWhenAllScoresAreEqual() {
    return EngagedBackends.each(
        List.of(1, 8, 200, 3000),
        (backend, depth) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = Tensors.of(arena, constant(3000 * 16, 0.5f));
            MemorySegment x = Tensors.normal(arena, 16, 1);
            int[] ids = scan(backend, values, 3000, 16, Similarity.INNER_PRODUCT, x, 1, depth);
            for (int i = 0; i < depth; i++) {
              assertThat(ids[i]).isEqualTo(i);
            }
            compare(backend, values, 3000, 16, x, 1, depth);
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldPutCodesWithoutADirectionLast() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            float inf = Float.POSITIVE_INFINITY;
            MemorySegment values =
                Tensors.of(arena, 0, 0, 1, Float.NaN, -1, -1, inf, 0, -0f, 0, -2, -3, -1e-45f, 0);
            MemorySegment x = Tensors.of(arena, 1, 1);
            assertThat(scan(backend, values, 7, 2, Similarity.INNER_PRODUCT, x, 1, 7))
                .containsExactly(6, 5, 2, 0, 1, 3, 4);
            compare(backend, values, 7, 2, x, 1, 7);
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldFindTheSameCodesForHardRowsAndCodes() {
    return EngagedBackends.each(
        List.of(2, 7, 16, 64),
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = Tensors.hard(arena, 300L * width, 1);
            MemorySegment x = Tensors.hard(arena, 40L * width, 2);
            Floats.set(x, 3L * width, Float.NaN);
            Floats.set(x, 5L * width + 1, Float.POSITIVE_INFINITY);
            for (int i = 0; i < width; i++) {
              Floats.set(x, 7L * width + i, 0f);
              Floats.set(x, 8L * width + i, 1e-44f);
            }
            compare(backend, values, 300, width, x, 40, 8);
            compare(backend, values, 300, width, x, 40, 300);
            MemorySegment tame = Tensors.normal(arena, 300L * width, 3);
            compare(backend, tame, 300, width, x, 40, 8);
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldGiveARowTheSameCodesAnywhereInABatchOfMixedDepths() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            int width = 32;
            MemorySegment values = Tensors.normal(arena, 1000L * width, 1);
            PackedCodebook book =
                backend.snap().pack(values, 1000, width, Similarity.INNER_PRODUCT, arena);
            MemorySegment x = Tensors.normal(arena, 70L * width, 2);
            int[] depth = new int[70];
            for (int r = 0; r < 70; r++) {
              depth[r] = (r * 5) % 12;
            }
            for (int rows = 2; rows <= 70; rows++) {
              int[] together = constant(3 + 70 * 13, -7);
              backend.snap().scan(book, x, 0, width, rows, depth, together, 3, 13);
              for (int r = 0; r < rows; r++) {
                int[] alone = constant(13, -7);
                backend
                    .snap()
                    .scan(book, x, (long) r * width, width, 1, new int[] {depth[r]}, alone, 0, 13);
                assertThat(Arrays.copyOfRange(together, 3 + 13 * r, 16 + 13 * r)).isEqualTo(alone);
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldAverageChosenCodesAndCountBlockedSlots() {
    return EngagedBackends.each(
        List.of(1, 7, 8, 13, 64, 207, 1024),
        (backend, width) -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = Tensors.hard(arena, 20L * width, 1);
            int[] ids = {99, 3, -1, 19, 3, 0, -1};
            MemorySegment expected = Tensors.empty(arena, 2L + width);
            MemorySegment actual = Tensors.empty(arena, 2L + width);
            for (int count : new int[] {0, 1, 2, 6}) {
              mean(REFERENCE, values, width, ids, count, expected);
              mean(backend, values, width, ids, count, actual);
              assertThat(Tensors.bits(actual)).isEqualTo(Tensors.bits(expected));
            }
            double exact =
                (2.0 * Floats.get(values, 3L * width)
                        + Floats.get(values, 19L * width)
                        + Floats.get(values, 0))
                    / 6;
            double magnitude = Math.abs(exact) + 1e30;
            Tensors.assertClose(Floats.get(actual, 1), exact, 6, magnitude);
          }
        });
  }

  private static void mean(
      Backend backend, MemorySegment values, int width, int[] ids, int count, MemorySegment out) {
    try (Arena arena = Arena.ofConfined()) {
      PackedCodebook book = backend.snap().pack(values, 20, width, Similarity.INNER_PRODUCT, arena);
      backend.snap().mean(book, ids, 1, count, 6, out, 1);
    }
  }

  private static void compare(
      Backend backend,
      MemorySegment values,
      int codes,
      int width,
      MemorySegment x,
      int rows,
      int depth) {
    for (Similarity similarity : Similarity.values()) {
      int[] expected = scan(REFERENCE, values, codes, width, similarity, x, rows, depth);
      int[] actual = scan(backend, values, codes, width, similarity, x, rows, depth);
      assertThat(actual).as("%s, depth %d", similarity, depth).isEqualTo(expected);
    }
  }

  private static int[] scan(
      Backend backend,
      MemorySegment values,
      int codes,
      int width,
      Similarity similarity,
      MemorySegment x,
      int rows,
      int depth) {
    try (Arena arena = Arena.ofConfined()) {
      PackedCodebook book = backend.snap().pack(values, codes, width, similarity, arena);
      int[] ids = constant(rows * depth, -7);
      backend.snap().scan(book, x, 0, width, rows, constant(rows, depth), ids, 0, depth);
      return ids;
    }
  }

  private static int[] constant(int length, int value) {
    int[] array = new int[length];
    Arrays.fill(array, value);
    return array;
  }

  private static float[] constant(int length, float value) {
    float[] array = new float[length];
    Arrays.fill(array, value);
    return array;
  }
}
