package dev.steerage.ops.attention;

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
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AttentionComparisonTest {
  /// A cache whose blocks lie in a shuffled order among others that hold NaN.
  private record Cache(
      KvLayout layout,
      MemorySegment keys,
      MemorySegment values,
      int[] blocks,
      MemorySegment k,
      MemorySegment v) {
    static Cache filled(
        Backend backend, Arena arena, int headDim, int blockSize, int positions, float spread) {
      KvLayout layout = new KvLayout(2, headDim, blockSize);
      int used = (positions + blockSize - 1) / blockSize;
      int total = 2 * used + 1;
      MemorySegment keys = Tensors.empty(arena, total * layout.blockElements());
      MemorySegment values = Tensors.empty(arena, total * layout.blockElements());
      int[] blocks = new Random(positions).ints(0, total).distinct().limit(used + 1).toArray();
      int row = 2 * headDim;
      MemorySegment k = Tensors.normal(arena, (long) positions * row, 1);
      MemorySegment v = Tensors.normal(arena, (long) positions * row, 2);
      for (long i = 0; i < (long) positions * row; i++) {
        Floats.set(k, i, Floats.get(k, i) * spread);
      }
      for (int p = 0; p < positions; p++) {
        long at = (long) p * row;
        backend
            .attention()
            .store(
                layout,
                keys,
                values,
                blocks[1 + p / blockSize],
                p % blockSize,
                k,
                at,
                headDim,
                v,
                at,
                headDim);
      }
      return new Cache(layout, keys, values, blocks, k, v);
    }

    MemorySegment attend(Backend backend, Arena arena, MemorySegment q, int first, int last) {
      MemorySegment out = Tensors.empty(arena, 1 + 2L * layout.headDim());
      backend
          .attention()
          .attend(
              layout,
              keys,
              values,
              blocks,
              1,
              first,
              last,
              q,
              3,
              3 * layout.headDim(),
              0.3f,
              out,
              1);
      return out;
    }
  }

  @TestFactory
  Stream<DynamicNode> shouldMatchTheReferenceForEveryWindow() {
    return EngagedBackends.each(
        List.of(1, 7, 8, 13, 32, 64, 80, 207),
        (backend, headDim) -> {
          for (int blockSize : new int[] {16, 64}) {
            try (Arena arena = Arena.ofConfined()) {
              int positions = 203;
              Cache cache = Cache.filled(backend, arena, headDim, blockSize, positions, 2);
              MemorySegment q = Tensors.normal(arena, 3 + 6L * headDim, 5);
              for (int last : new int[] {0, 1, 15, 16, 17, 63, 64, 100, 202}) {
                for (int first : new int[] {0, 1, 5, 16, 33, 95, last}) {
                  if (first <= last) {
                    int[] expected = Tensors.bits(cache.attend(REFERENCE, arena, q, first, last));
                    int[] actual = Tensors.bits(cache.attend(backend, arena, q, first, last));
                    assertThat(actual).as("%d..%d", first, last).isEqualTo(expected);
                  }
                }
              }
            }
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldWriteThePositionAndNothingElse() {
    return EngagedBackends.each(
        List.of(1, 7, 32, 80),
        (backend, headDim) -> {
          try (Arena arena = Arena.ofConfined()) {
            KvLayout layout = new KvLayout(3, headDim, 32);
            MemorySegment qkv = Tensors.normal(arena, 1 + 9L * headDim, 1);
            MemorySegment keys = Tensors.empty(arena, 3 * layout.blockElements());
            MemorySegment values = Tensors.empty(arena, 3 * layout.blockElements());
            MemorySegment expectedKeys = Tensors.copy(arena, keys);
            MemorySegment expectedValues = Tensors.copy(arena, values);
            int k = 1 + headDim;
            int v = 1 + 2 * headDim;
            backend
                .attention()
                .store(layout, keys, values, 1, 21, qkv, k, 3 * headDim, qkv, v, 3 * headDim);
            for (int n = 0; n < 3; n++) {
              for (int d = 0; d < headDim; d++) {
                long at = 3L * headDim * n + d;
                Floats.set(expectedKeys, layout.key(1, 21, n, d), Floats.get(qkv, k + at));
                Floats.set(expectedValues, layout.value(1, 21, n, d), Floats.get(qkv, v + at));
              }
            }
            assertThat(Tensors.bits(keys)).isEqualTo(Tensors.bits(expectedKeys));
            assertThat(Tensors.bits(values)).isEqualTo(Tensors.bits(expectedValues));
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldNotDependOnBlockSizeOrWhereBlocksLie() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment q = Tensors.normal(arena, 3 + 6L * 32, 5);
            Cache small = Cache.filled(backend, arena, 32, 16, 150, 1);
            Cache large = Cache.filled(backend, arena, 32, 128, 150, 1);
            assertThat(Tensors.bits(small.attend(backend, arena, q, 3, 149)))
                .isEqualTo(Tensors.bits(large.attend(backend, arena, q, 3, 149)));
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldSurviveScoresFarApart() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment q = Tensors.normal(arena, 3 + 6L * 32, 5);
            Cache cache = Cache.filled(backend, arena, 32, 16, 100, 1e4f);
            MemorySegment out = cache.attend(backend, arena, q, 0, 99);
            assertThat(Floats.get(out, 1)).isFinite();
            assertThat(Tensors.bits(out))
                .isEqualTo(Tensors.bits(cache.attend(REFERENCE, arena, q, 0, 99)));
          }
        });
  }

  @TestFactory
  Stream<DynamicNode> shouldConfineANaNKeyToItsHead() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment q = Tensors.normal(arena, 3 + 6L * 32, 5);
            Cache cache = Cache.filled(backend, arena, 32, 16, 40, 1);
            Floats.set(cache.keys(), cache.layout().key(cache.blocks()[2], 4, 0, 9), Float.NaN);
            MemorySegment hit = cache.attend(backend, arena, q, 0, 30);
            MemorySegment before = cache.attend(backend, arena, q, 0, 19);
            assertThat(Floats.get(hit, 1)).isNaN();
            assertThat(Floats.get(hit, 32)).isNaN();
            assertThat(Floats.get(hit, 33)).isFinite();
            assertThat(Floats.get(before, 1)).isFinite();
          }
        });
  }

  @Test
  void shouldStayCloseToDoubleArithmetic() {
    try (Arena arena = Arena.ofConfined()) {
      int dim = 64;
      MemorySegment q = Tensors.normal(arena, 3 + 6L * dim, 5);
      Cache cache = Cache.filled(REFERENCE, arena, dim, 16, 90, 1);
      MemorySegment out = cache.attend(REFERENCE, arena, q, 11, 80);
      double[] exact = new double[dim];
      double sum = 0;
      for (int p = 11; p <= 80; p++) {
        double score = 0;
        for (int d = 0; d < dim; d++) {
          score += (double) Floats.get(q, 3 + d) * Floats.get(cache.k(), (long) p * 2 * dim + d);
        }
        double e = Math.exp(0.3f * score);
        sum += e;
        for (int d = 0; d < dim; d++) {
          exact[d] += e * Floats.get(cache.v(), (long) p * 2 * dim + d);
        }
      }
      for (int d = 0; d < dim; d++) {
        // A score of this size moves its exponential by as many roundings as it has terms.
        Tensors.assertClose(Floats.get(out, 1 + d), exact[d] / sum, 5 * dim + 70, 4);
      }
    }
  }

  @TestFactory
  Stream<DynamicNode> shouldRefuseAnEmptyRangeAndABlockOutsideTheCache() {
    return EngagedBackends.each(
        backend -> {
          try (Arena arena = Arena.ofConfined()) {
            MemorySegment q = Tensors.normal(arena, 3 + 6L * 8, 5);
            Cache cache = Cache.filled(backend, arena, 8, 16, 20, 1);
            assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.attend(backend, arena, q, 5, 4));
            cache.blocks()[2] = 77;
            assertThatIllegalArgumentException()
                .isThrownBy(() -> cache.attend(backend, arena, q, 0, 17))
                .withMessage("block: value=77, limit=5 native");
          }
        });
  }
}
