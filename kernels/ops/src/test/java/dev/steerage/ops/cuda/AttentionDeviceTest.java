package dev.steerage.ops.cuda;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Tensors;
import dev.steerage.ops.attention.KvLayout;
import dev.steerage.ops.rotary.RotaryTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rotation, cache and attention on the device, against the reference, bit for bit.
class AttentionDeviceTest {
  private static final int HEADS = 2;

  /// Rows of one sequence go through both backends one after the other.
  private static void compare(
      int headDim, int rotated, int blockSize, int positions, int window, boolean interleaved) {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      KvLayout layout = new KvLayout(HEADS, headDim, blockSize);
      int width = HEADS * headDim;
      int stride = 3 * width;
      int headStride = interleaved ? 3 * headDim : headDim;
      int keyOffset = interleaved ? headDim : width;
      int used = TestDevice.over(positions, blockSize);
      int total = 2 * used + 1;
      int[] pages = new Random(positions).ints(0, total).distinct().limit(used + 1).toArray();
      MemorySegment keys = Tensors.empty(arena, total * layout.blockElements());
      MemorySegment values = Tensors.empty(arena, total * layout.blockElements());
      MemorySegment qkv = Tensors.normal(arena, (long) positions * stride, headDim);
      RotaryTable table = RotaryTable.of(rotated, 10000, positions, arena);
      int[] position = new int[positions];
      int[] from = new int[positions];
      for (int p = 0; p < positions; p++) {
        position[p] = p;
        from[p] = 1;
      }
      long deviceQkv = device.put(qkv);
      long deviceKeys = device.put(keys);
      long deviceValues = device.put(values);
      long at = device.ints(position);
      long pagesFrom = device.ints(from);
      long pageTable = device.ints(pages);
      long count = device.ints(positions);
      boolean rotates = rotated > 0;
      device
          .run("rotary_store", positions + 3, 1, 1, 256)
          .with(
              deviceQkv,
              stride,
              HEADS,
              headDim,
              keyOffset,
              2 * keyOffset,
              headStride,
              rotates ? device.put(table.cos()) : 0L,
              rotates ? device.put(table.sin()) : 0L,
              rotated,
              at,
              pageTable,
              pagesFrom,
              deviceKeys,
              deviceValues,
              blockSize,
              count);
      for (int offset : new int[] {0, keyOffset}) {
        REFERENCE
            .rotary()
            .rotate(table, qkv, offset, stride, positions, HEADS, headStride, position, 0);
      }
      for (int p = 0; p < positions; p++) {
        long row = (long) p * stride;
        REFERENCE
            .attention()
            .store(
                layout,
                keys,
                values,
                pages[1 + p / blockSize],
                p % blockSize,
                qkv,
                row + keyOffset,
                headStride,
                qkv,
                row + 2L * keyOffset,
                headStride);
      }
      assertThat(device.bits(deviceKeys, keys.byteSize() / 4)).isEqualTo(Tensors.bits(keys));
      assertThat(device.bits(deviceValues, keys.byteSize() / 4)).isEqualTo(Tensors.bits(values));
      MemorySegment expected = Tensors.empty(arena, (long) (positions + 1) * width);
      for (int p = 0; p < positions; p++) {
        REFERENCE
            .attention()
            .attend(
                layout,
                keys,
                values,
                pages,
                1,
                (int) Math.max(0, p - (long) window + 1),
                p,
                qkv,
                (long) p * stride,
                headStride,
                0.3f,
                expected,
                (long) p * width);
      }
      TestDevice.order(headDim % 3);
      long out = device.empty((long) (positions + 1) * width);
      device
          .run("attend", HEADS, positions + 1, 1, 256)
          .shared(4 * headDim)
          .with(
              deviceQkv,
              stride,
              HEADS,
              headDim,
              headStride,
              deviceKeys,
              deviceValues,
              blockSize,
              pageTable,
              pagesFrom,
              at,
              window,
              0.3f,
              out,
              width,
              count);
      assertThat(device.bits(out, (long) (positions + 1) * width))
          .isEqualTo(Tensors.bits(expected));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 16, 3, 2147483647, true",
    "8, 2, 16, 40, 2147483647, true",
    "13, 4, 32, 35, 9, false",
    "32, 8, 16, 20, 16, true",
    "80, 0, 16, 18, 2147483647, false",
    "207, 50, 48, 17, 5, true"
  })
  void shouldAttendAsTheReference(
      int headDim, int rotated, int blockSize, int positions, int window, boolean interleaved) {
    compare(headDim, rotated, blockSize, positions, window, interleaved);
  }

  @Test
  void shouldGoOnWhereAQueryLooksBackFurtherThanABlockOfThreadsDoesAtOnce() {
    compare(4, 2, 16, 290, Integer.MAX_VALUE, true);
    compare(4, 2, 16, 290, 262, true);
  }
}
