package dev.steerage.ops.cuda;

import static dev.steerage.ops.EngagedBackends.REFERENCE;
import static dev.steerage.ops.cuda.TestDevice.over;
import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.ops.Floats;
import dev.steerage.ops.Tensors;
import dev.steerage.ops.activation.Activation;
import dev.steerage.ops.linear.PackedLinear;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Kernels of rows on the device, against the reference, bit for bit.
class RowKernelsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 13, 64, 207, 1024})
  void shouldNormaliseAsTheReference(int width) {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      int rows = 11;
      int stride = width + 3;
      MemorySegment x = Tensors.hard(arena, (long) rows * stride, 3);
      Floats.set(x, 2L * stride, Float.NaN);
      MemorySegment gamma = Tensors.normal(arena, width, 1);
      MemorySegment beta = Tensors.normal(arena, width, 2);
      MemorySegment expected = Tensors.empty(arena, (long) rows * stride);
      REFERENCE
          .layerNorm()
          .apply(x, 0, stride, rows, width, gamma, beta, 1e-5f, expected, 0, stride);
      for (int order = 0; order < 3; order++) {
        TestDevice.order(order);
        long y = device.empty((long) rows * stride);
        device
            .run("layernorm", over(16, 8), 1, 1, 128)
            .with(
                device.put(x),
                stride,
                device.put(gamma),
                device.put(beta),
                width,
                1e-5f,
                y,
                stride,
                0L,
                device.ints(rows));
        assertThat(device.bits(y, (long) rows * stride)).isEqualTo(Tensors.bits(expected));
      }
    }
  }

  @Test
  void shouldNormaliseTheRowsThatItIsPointedTo() {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      int width = 48;
      MemorySegment x = Tensors.normal(arena, 9L * width, 3);
      MemorySegment gamma = Tensors.normal(arena, width, 1);
      MemorySegment beta = Tensors.normal(arena, width, 2);
      MemorySegment expected = Tensors.empty(arena, 4L * width);
      int[] source = {7, 0, 8};
      for (int r = 0; r < source.length; r++) {
        REFERENCE
            .layerNorm()
            .apply(
                x,
                (long) source[r] * width,
                width,
                1,
                width,
                gamma,
                beta,
                1e-5f,
                expected,
                (long) r * width,
                width);
      }
      long y = device.empty(4L * width);
      device
          .run("layernorm", 2, 1, 1, 128)
          .with(
              device.put(x),
              width,
              device.put(gamma),
              device.put(beta),
              width,
              1e-5f,
              y,
              width,
              device.ints(source),
              device.ints(source.length));
      assertThat(device.bits(y, 4L * width)).isEqualTo(Tensors.bits(expected));
    }
  }

  @Test
  void shouldActivateEveryMagnitudeAsTheReference() {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      int width = 1000;
      int rows = 5;
      MemorySegment x = Tensors.hard(arena, (long) rows * width, 4);
      // A sweep through all exponents and both signs.
      for (int i = 0; i < 2 * width; i++) {
        Floats.set(x, i, Float.intBitsToFloat((int) (i * 2147483L)));
      }
      Floats.set(x, 7, Float.POSITIVE_INFINITY);
      Floats.set(x, 8, Float.NEGATIVE_INFINITY);
      Floats.set(x, 9, Float.NaN);
      for (Activation function : Activation.values()) {
        MemorySegment expected = Tensors.copy(arena, x);
        REFERENCE.activation().apply(function, expected, 0, width, rows, width);
        long y = device.put(x);
        device
            .run("activation", 8, 1, 1, 256)
            .with(function.ordinal() + 1, y, width, width, device.ints(rows));
        assertThat(device.bits(y, (long) rows * width))
            .as(function.name())
            .isEqualTo(Tensors.bits(expected));
      }
    }
  }

  @Test
  void shouldEmbedAndAddInTheOrderOfTheForward() {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      int width = 200;
      int rows = 3;
      MemorySegment tokens = Tensors.hard(arena, 10L * width, 1);
      MemorySegment positions = Tensors.hard(arena, 6L * width, 2);
      MemorySegment a = Tensors.hard(arena, 4L * width, 3);
      MemorySegment m = Tensors.hard(arena, 4L * width, 4);
      int[] token = {9, 0, 4, -1};
      int[] position = {5, 0, 2, -1};
      long x = device.empty(4L * width);
      long count = device.ints(rows);
      device
          .run("embed", 4, 1, 1, 128)
          .with(
              device.put(tokens),
              device.put(positions),
              device.ints(token),
              device.ints(position),
              width,
              x,
              count);
      long sum = device.empty(4L * width);
      device.run("sum", 4, 1, 1, 256).with(x, device.put(a), sum, width, count);
      MemorySegment expected = Tensors.empty(arena, 4L * width);
      MemorySegment expectedSum = Tensors.empty(arena, 4L * width);
      MemorySegment expectedX = Tensors.empty(arena, 4L * width);
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < width; i++) {
          long at = (long) r * width + i;
          float in =
              Floats.get(tokens, (long) token[r] * width + i)
                  + Floats.get(positions, (long) position[r] * width + i);
          Floats.set(expected, at, in);
          float plus = in + Floats.get(a, at);
          Floats.set(expectedSum, at, plus);
          Floats.set(expectedX, at, plus + Floats.get(m, at));
        }
      }
      assertThat(device.bits(x, 4L * width)).isEqualTo(Tensors.bits(expected));
      assertThat(device.bits(sum, 4L * width)).isEqualTo(Tensors.bits(expectedSum));
      device.run("residual", 4, 1, 1, 256).with(x, device.put(a), device.put(m), width, count);
      assertThat(device.bits(x, 4L * width)).isEqualTo(Tensors.bits(expectedX));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 31, 64, 207})
  void shouldMultiplyFloatsAsTheReference(int in) {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      for (int out : new int[] {1, 33, 200}) {
        MemorySegment weight = Tensors.hard(arena, (long) out * in, 1);
        MemorySegment bias = Tensors.hard(arena, out, 2);
        long panels = device.empty((long) over(out, 32) * 32 * in);
        device
            .run("pack_linear_f32", over(out * in, 256), 1, 1, 256)
            .with(device.put(weight), out, in, panels);
        for (int rows : new int[] {1, 11}) {
          MemorySegment x = Tensors.hard(arena, (long) rows * (in + 2), 3);
          PackedLinear packed = REFERENCE.linear().pack(weight, bias, out, in, arena);
          MemorySegment expected = Tensors.empty(arena, (long) (rows + 1) * (out + 1));
          REFERENCE.linear().apply(packed, x, 0, in + 2, rows, expected, 0, out + 1);
          REFERENCE.activation().apply(Activation.GELU_ERF, expected, 0, out + 1, rows, out);
          TestDevice.order(rows);
          long y = device.empty((long) (rows + 1) * (out + 1));
          String kernel = rows == 1 ? "linear_f32_r1" : "linear_f32_r8";
          device
              .run(kernel, over(out, 128), over(rows + 1, rows == 1 ? 1 : 8), 1, 128)
              .with(
                  panels,
                  device.put(bias),
                  device.put(x),
                  in + 2,
                  y,
                  out + 1,
                  out,
                  in,
                  1,
                  device.ints(rows));
          assertThat(device.bits(y, (long) (rows + 1) * (out + 1)))
              .as("out %d, rows %d", out, rows)
              .isEqualTo(Tensors.bits(expected));
        }
      }
    }
  }

  @Test
  void shouldSummariseLogitsAsTheSamplerDoes() {
    try (TestDevice device = TestDevice.open();
        Arena arena = Arena.ofConfined()) {
      for (int vocabulary : new int[] {1, 11, 1024, 3001}) {
        int rows = 5;
        MemorySegment x = Tensors.normal(arena, (long) rows * vocabulary, vocabulary);
        Floats.set(x, vocabulary - 1, 9f);
        Floats.set(x, vocabulary / 2, 9f);
        for (int i = 0; i < vocabulary; i++) {
          Floats.set(x, 2L * vocabulary + i, Float.NEGATIVE_INFINITY);
        }
        Floats.set(x, 3L * vocabulary, Float.NaN);
        Floats.set(x, 5L * vocabulary - 1, Float.NaN);
        long best = device.ints(new int[rows]);
        long max = device.empty(rows);
        long sum = device.zeros(8L * rows);
        TestDevice.order(vocabulary);
        device
            .run("logits_summary", rows + 2, 1, 1, 1024)
            .with(device.put(x), vocabulary, vocabulary, best, max, sum, device.ints(rows));
        for (int r = 0; r < rows; r++) {
          long from = (long) r * vocabulary;
          int expected = 0;
          for (int id = 1; id < vocabulary; id++) {
            if (Floats.get(x, from + id) > Floats.get(x, from + expected)) {
              expected = id;
            }
          }
          assertThat(device.ints(best, rows)[r]).as("row " + r).isEqualTo(expected);
          double normaliser =
              Floats.get(device.floats(max, rows), r)
                  + StrictMath.log(device.doubles(sum, rows)[r]);
          assertThat(Double.doubleToLongBits(normaliser))
              .as("row " + r)
              .isEqualTo(
                  Double.doubleToLongBits(REFERENCE.logprob().logSumExp(x, from, vocabulary)));
        }
      }
    }
  }

  @Test
  void shouldMoveTheIdsOfLiveRows() {
    try (TestDevice device = TestDevice.open()) {
      int words = 1500;
      int[] ids = new int[3 * words];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = i;
      }
      long to = device.ints(new int[3 * words]);
      device
          .run("ids_out", over(words, 1024), 3, 1, 256)
          .with(device.ints(ids), to, words, device.ints(2));
      int[] moved = device.ints(to, 3 * words);
      for (int i = 0; i < ids.length; i++) {
        assertThat(moved[i]).isEqualTo(i < 2 * words ? i : 0);
      }
    }
  }
}
