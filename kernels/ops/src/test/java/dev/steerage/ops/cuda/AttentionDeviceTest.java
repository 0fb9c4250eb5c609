package dev.steerage.ops.cuda;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import dev.steerage.ops.attention.KvLayout;
import dev.steerage.ops.rotary.RotaryTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rotation, cache and attention on the device, against the reference, bit for bit.
class AttentionDeviceTest {
  private static final int HEADS = 2;

  /// Rows of one sequence, which go through both backends one after the other.
  private static final class Sequence {
    private final TestDevice device;
    private final KvLayout layout;
    private final int positions;
    private final int width;
    private final int headStride;
    private final int keyOffset;
    private final int[] pages;
    private final boolean isShort;
    private final int[] position;
    private final MemorySegment keys;
    private final MemorySegment values;
    private final MemorySegment qkv;
    private final RotaryTable table;
    private final MemorySegment out;
    private final long deviceQkv;
    private final long deviceKeys;
    private final long deviceValues;
    private final long at;
    private final long pagesFrom;
    private final long pageTable;
    private final long count;

    Sequence(
        TestDevice device,
        Arena arena,
        KvLayout layout,
        int rotated,
        int positions,
        boolean interleaved,
        boolean isShort) {
      this.device = device;
      this.isShort = isShort;
      this.layout = layout;
      this.positions = positions;
      int headDim = layout.headDim();
      width = HEADS * headDim;
      headStride = interleaved ? 3 * headDim : headDim;
      keyOffset = interleaved ? headDim : width;
      int used = TestDevice.over(positions, layout.blockSize());
      int total = 2 * used + 1;
      pages = new Random(positions).ints(0, total).distinct().limit(used + 1).toArray();
      position = IntStream.range(0, positions).toArray();
      keys = Tensors.empty(arena, total * layout.blockElements());
      values = Tensors.empty(arena, total * layout.blockElements());
      qkv = Tensors.normal(arena, (long) positions * 3 * width, headDim);
      table = RotaryTable.of(rotated, 10000, positions, arena);
      out = Tensors.empty(arena, (long) (positions + 1) * width);
      deviceQkv = device.put(qkv);
      if (isShort) {
        fill(keys, 0x3f803f80);
        fill(values, 0x3f803f80);
      }
      deviceKeys = device.put(keys);
      deviceValues = device.put(values);
      if (isShort) {
        fill(keys, 0x3f800000);
        fill(values, 0x3f800000);
      }
      at = device.ints(position);
      pagesFrom = device.ints(IntStream.range(0, positions).map(p -> 1).toArray());
      pageTable = device.ints(pages);
      count = device.ints(positions);
    }

    void storeOnDevice() {
      boolean rotates = table.rotated() > 0;
      device
          .run(isShort ? "rotary_store_bf16" : "rotary_store", positions + 3, 1, 1, 256)
          .with(
              deviceQkv,
              3 * width,
              HEADS,
              layout.headDim(),
              keyOffset,
              2 * keyOffset,
              headStride,
              rotates ? device.put(table.cos()) : 0L,
              rotates ? device.put(table.sin()) : 0L,
              table.rotated(),
              at,
              pageTable,
              pagesFrom,
              deviceKeys,
              deviceValues,
              layout.blockSize(),
              count);
    }

    void store() {
      for (int offset : new int[] {0, keyOffset}) {
        REFERENCE
            .rotary()
            .rotate(table, qkv, offset, 3 * width, positions, HEADS, headStride, position, 0);
      }
      for (int p = 0; p < positions; p++) {
        long row = (long) p * 3 * width;
        REFERENCE
            .attention()
            .store(
                layout,
                keys,
                values,
                pages[1 + p / layout.blockSize()],
                p % layout.blockSize(),
                qkv,
                row + keyOffset,
                headStride,
                qkv,
                row + 2L * keyOffset,
                headStride);
      }
      if (isShort) {
        round(keys);
        round(values);
      }
    }

    /// What stands where nobody has written: 1, as float32 or as pairs of bf16.
    private static void fill(MemorySegment tensor, int bits) {
      for (long i = 0; i < tensor.byteSize() / 4; i++) {
        Floats.set(tensor, i, Float.intBitsToFloat(bits));
      }
    }

    private static void round(MemorySegment tensor) {
      for (long i = 0; i < tensor.byteSize() / 4; i++) {
        Floats.set(tensor, i, Bf16.round(Floats.get(tensor, i)));
      }
    }

    void assertSameCache() {
      long elements = keys.byteSize() / 4;
      if (isShort) {
        assertThat(halves(deviceKeys, elements)).isEqualTo(Tensors.bits(keys));
        assertThat(halves(deviceValues, elements)).isEqualTo(Tensors.bits(values));
        return;
      }
      assertThat(device.bits(deviceKeys, elements)).isEqualTo(Tensors.bits(keys));
      assertThat(device.bits(deviceValues, elements)).isEqualTo(Tensors.bits(values));
    }

    /// bf16 values, as the bits of the float32 that they are worth.
    private int[] halves(long at, long elements) {
      int[] pairs = device.bits(at, elements / 2);
      return IntStream.range(0, Math.toIntExact(elements))
          .map(i -> (i % 2 == 0 ? pairs[i / 2] << 16 : pairs[i / 2] & 0xffff0000))
          .toArray();
    }

    int[] attend(int window) {
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
                (long) p * 3 * width,
                headStride,
                0.3f,
                out,
                (long) p * width);
      }
      return Tensors.bits(out);
    }

    int[] attendOnDevice(int window) {
      long to = device.empty((long) (positions + 1) * width);
      device
          .run(isShort ? "attend_bf16" : "attend", HEADS, positions + 1, 1, 256)
          .shared(4 * layout.headDim())
          .with(
              deviceQkv,
              3 * width,
              HEADS,
              layout.headDim(),
              headStride,
              deviceKeys,
              deviceValues,
              layout.blockSize(),
              pageTable,
              pagesFrom,
              at,
              window,
              0.3f,
              to,
              width,
              count);
      return device.bits(to, (long) (positions + 1) * width);
    }
  }

  private static void compare(
      int headDim,
      int rotated,
      int blockSize,
      int positions,
      int window,
      boolean interleaved,
      boolean isShort) {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      KvLayout layout = new KvLayout(HEADS, headDim, blockSize);
      Sequence sequence =
          new Sequence(device, arena, layout, rotated, positions, interleaved, isShort);
      sequence.storeOnDevice();
      sequence.store();
      sequence.assertSameCache();
      TestDevice.order(headDim % 3);
      assertThat(sequence.attendOnDevice(window)).isEqualTo(sequence.attend(window));
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
    compare(headDim, rotated, blockSize, positions, window, interleaved, false);
  }

  @Test
  void shouldAttendAsTheReferenceDoesToACacheThatIsRounded() {
    compare(8, 2, 16, 40, Integer.MAX_VALUE, true, true);
    compare(14, 4, 32, 35, 9, false, true);
  }

  @Test
  void shouldGoOnWhereAQueryLooksBackFurtherThanABlockOfThreadsDoesAtOnce() {
    compare(4, 2, 16, 290, Integer.MAX_VALUE, true, false);
    compare(4, 2, 16, 290, 262, true, false);
  }
}
