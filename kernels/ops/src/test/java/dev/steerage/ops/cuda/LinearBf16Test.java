package dev.steerage.ops.cuda;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static dev.steerage.ops.cuda.TestDevice.over;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import dev.steerage.ops.activation.Activation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Maps with bf16 weights on tensor cores: a numeric class of its own, which says what the order of
/// sums is. A real tensor core may round otherwise inside of one `mma`; that every variant and
/// every batch gives a row the same bits holds there too.
class LinearBf16Test {
  private static final int PARTS = 8;

  /// @param outs tiles of sixteen outputs of a block
  private record Variant(String name, int rows, int outs) {}

  private static final List<Variant> VARIANTS =
      List.of(
          new Variant("n8", 8, 1),
          new Variant("n16", 16, 1),
          new Variant("n32", 32, 1),
          new Variant("n32_m2", 32, 2),
          new Variant("n32_m4", 32, 4));

  /// The order that `linear_bf16.cu` states, with the emulated `mma`: sixteen products, each added
  /// with one rounding, in the order of the names that the instruction gives its inputs.
  private static float defined(
      MemorySegment weight, float bias, MemorySegment x, long row, int o, int in) {
    int chunks = over(in, 32);
    int share = over(chunks, PARTS);
    float sum = bias;
    for (int part = 0; part < PARTS; part++) {
      float acc = 0f;
      int limit = Math.min(chunks, (part + 1) * share);
      for (int step = 2 * part * share; step < 2 * limit; step++) {
        for (int name = 0; name < 16; name++) {
          int lane = name % 8 / 2;
          int i = step / 2 * 32 + 8 * lane + step % 2 * 4 + name / 8 * 2 + name % 2;
          if (i < in) {
            acc +=
                Bf16.round(Floats.get(weight, (long) o * in + i))
                    * Bf16.round(Floats.get(x, row + i));
          }
        }
      }
      sum += acc;
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "17, 7", "40, 32", "130, 100", "33, 520"})
  void shouldAddInTheDefinedOrderWhateverTheBatch(int out, int in) {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      MemorySegment weight = Tensors.normal(arena, (long) out * in, 1);
      MemorySegment bias = Tensors.normal(arena, out, 2);
      int most = 70;
      MemorySegment x = Tensors.normal(arena, (long) most * in, 3);
      long fragments = device.zeros(16L * over(out, 16) * over(in, 32) * 64);
      device
          .run("pack_linear_bf16", over(over(out, 16) * over(in, 32) * 64, 256), 1, 1, 256)
          .with(device.put(weight), out, in, fragments);
      MemorySegment expected = Tensors.empty(arena, (long) most * out);
      for (int r = 0; r < most; r++) {
        for (int o = 0; o < out; o++) {
          float y = defined(weight, Floats.get(bias, o), x, (long) r * in, o, in);
          Floats.set(expected, (long) r * out + o, y);
        }
      }
      REFERENCE.activation().apply(Activation.GELU_TANH, expected, 0, out, most, out);
      int[] whole = Tensors.bits(expected);
      long rowsOfX = device.put(x);
      long start = device.put(bias);
      for (Variant variant : VARIANTS) {
        for (int rows : new int[] {most, 1, 13}) {
          TestDevice.order(rows % 4);
          long y = device.empty((long) most * out);
          device
              .run(
                  "linear_bf16_" + variant.name,
                  over(out, 16 * variant.outs),
                  over(rows, variant.rows) + 1,
                  1,
                  256)
              .with(fragments, start, rowsOfX, in, y, out, out, in, 2, device.ints(rows));
          int[] actual = device.bits(y, (long) rows * out);
          if (variant == VARIANTS.getFirst() && rows == most && !TestDevice.isEmulated()) {
            assertClose(actual, whole, in);
            // The order inside of one mma is the device's: what it gave a row here, it gives again.
            whole = actual;
          }
          assertThat(actual)
              .as(variant.name + ", rows " + rows)
              .isEqualTo(Arrays.copyOf(whole, rows * out));
        }
      }
    }
  }

  /// Eight roundings for each term, of a sum of magnitudes: that of a product of normal values is
  /// two thirds in the mean.
  private static void assertClose(int[] actual, int[] defined, int in) {
    double bound = 8 * (in + 32) * 0x1p-24 * (in + 20);
    for (int i = 0; i < actual.length; i++) {
      double off = Math.abs(Float.intBitsToFloat(actual[i]) - Float.intBitsToFloat(defined[i]));
      assertThat(off).as("element " + i).isLessThanOrEqualTo(bound);
    }
  }
}
