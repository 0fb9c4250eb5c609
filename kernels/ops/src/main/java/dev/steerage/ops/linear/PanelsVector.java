package dev.steerage.ops.linear;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.load;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Rows times panels of float32 in registers.
///
/// Moves every weight once per four rows and does 2 flops with it per row. One row keeps eight
/// registers of outputs in flight, which hides the latency of the multiply-add; four rows times
/// four registers load a weight once for four uses and leave room in 32 registers.
final class PanelsVector implements ProductVector {
  private final MemorySegment values;
  private final MemorySegment bias;
  private final int in;

  PanelsVector(Panels panels) {
    values = panels.values();
    bias = panels.bias();
    in = panels.in();
  }

  @Override
  public void product(
      int first,
      int limit,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      float[] y,
      int yOffset,
      int yStride) {
    int r = 0;
    for (; r + 4 <= rows; r += 4) {
      four(
          first,
          limit,
          x,
          xOffset + (long) r * xStride,
          xStride,
          y,
          yOffset + r * yStride,
          yStride);
    }
    for (; r < rows; r++) {
      one(first, limit, x, xOffset + (long) r * xStride, y, yOffset + r * yStride);
    }
  }

  private void one(int first, int limit, MemorySegment x, long xAt, float[] y, int yAt) {
    int o = first;
    for (; o + 8 * LANES <= limit; o += 8 * LANES) {
      oneByEight(o, x, xAt, y, yAt + o - first);
    }
    for (; o + 2 * LANES <= limit; o += 2 * LANES) {
      oneByTwo(o, x, xAt, y, yAt + o - first);
    }
    for (; o < limit; o += LANES) {
      oneByOne(o, x, xAt, y, yAt + o - first);
    }
  }

  private void four(
      int first,
      int limit,
      MemorySegment x,
      long xAt,
      int xStride,
      float[] y,
      int yAt,
      int yStride) {
    int o = first;
    for (; o + 2 * LANES <= limit; o += 2 * LANES) {
      fourByTwo(o, x, xAt, xStride, y, yAt + o - first, yStride);
    }
    for (; o < limit; o += LANES) {
      fourByOne(o, x, xAt, xStride, y, yAt + o - first, yStride);
    }
  }

  /// First element of the column of registers that holds output `o`.
  private long column(int o) {
    return (long) (o / Panels.WIDTH) * in * Panels.WIDTH + o % Panels.WIDTH;
  }

  private void oneByEight(int o, MemorySegment x, long xAt, float[] y, int yAt) {
    long c0 = column(o);
    long c1 = column(o + LANES);
    long c2 = column(o + 2 * LANES);
    long c3 = column(o + 3 * LANES);
    long c4 = column(o + 4 * LANES);
    long c5 = column(o + 5 * LANES);
    long c6 = column(o + 6 * LANES);
    long c7 = column(o + 7 * LANES);
    FloatVector a0 = load(bias, o);
    FloatVector a1 = load(bias, o + LANES);
    FloatVector a2 = load(bias, o + 2 * LANES);
    FloatVector a3 = load(bias, o + 3 * LANES);
    FloatVector a4 = load(bias, o + 4 * LANES);
    FloatVector a5 = load(bias, o + 5 * LANES);
    FloatVector a6 = load(bias, o + 6 * LANES);
    FloatVector a7 = load(bias, o + 7 * LANES);
    for (int i = 0; i < in; i++) {
      FloatVector xi = broadcast(Floats.get(x, xAt + i));
      long at = (long) i * Panels.WIDTH;
      a0 = load(values, c0 + at).fma(xi, a0);
      a1 = load(values, c1 + at).fma(xi, a1);
      a2 = load(values, c2 + at).fma(xi, a2);
      a3 = load(values, c3 + at).fma(xi, a3);
      a4 = load(values, c4 + at).fma(xi, a4);
      a5 = load(values, c5 + at).fma(xi, a5);
      a6 = load(values, c6 + at).fma(xi, a6);
      a7 = load(values, c7 + at).fma(xi, a7);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + LANES);
    a2.intoArray(y, yAt + 2 * LANES);
    a3.intoArray(y, yAt + 3 * LANES);
    a4.intoArray(y, yAt + 4 * LANES);
    a5.intoArray(y, yAt + 5 * LANES);
    a6.intoArray(y, yAt + 6 * LANES);
    a7.intoArray(y, yAt + 7 * LANES);
  }

  private void oneByTwo(int o, MemorySegment x, long xAt, float[] y, int yAt) {
    long c0 = column(o);
    long c1 = column(o + LANES);
    FloatVector a0 = load(bias, o);
    FloatVector a1 = load(bias, o + LANES);
    for (int i = 0; i < in; i++) {
      FloatVector xi = broadcast(Floats.get(x, xAt + i));
      long at = (long) i * Panels.WIDTH;
      a0 = load(values, c0 + at).fma(xi, a0);
      a1 = load(values, c1 + at).fma(xi, a1);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + LANES);
  }

  private void oneByOne(int o, MemorySegment x, long xAt, float[] y, int yAt) {
    long c0 = column(o);
    FloatVector a0 = load(bias, o);
    for (int i = 0; i < in; i++) {
      FloatVector xi = broadcast(Floats.get(x, xAt + i));
      a0 = load(values, c0 + (long) i * Panels.WIDTH).fma(xi, a0);
    }
    a0.intoArray(y, yAt);
  }

  private void fourByOne(
      int o, MemorySegment x, long xAt, int xStride, float[] y, int yAt, int yStride) {
    long c0 = column(o);
    FloatVector a0 = load(bias, o);
    FloatVector a1 = a0;
    FloatVector a2 = a0;
    FloatVector a3 = a0;
    for (int i = 0; i < in; i++) {
      FloatVector w = load(values, c0 + (long) i * Panels.WIDTH);
      a0 = w.fma(broadcast(Floats.get(x, xAt + i)), a0);
      a1 = w.fma(broadcast(Floats.get(x, xAt + xStride + i)), a1);
      a2 = w.fma(broadcast(Floats.get(x, xAt + 2L * xStride + i)), a2);
      a3 = w.fma(broadcast(Floats.get(x, xAt + 3L * xStride + i)), a3);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + yStride);
    a2.intoArray(y, yAt + 2 * yStride);
    a3.intoArray(y, yAt + 3 * yStride);
  }

  /// The block that carries a batch; the digits of an accumulator are its row and register.
  private void fourByTwo(
      int o, MemorySegment x, long xAt, int xStride, float[] y, int yAt, int yStride) {
    long c0 = column(o);
    long c1 = column(o + LANES);
    FloatVector r00 = load(bias, o);
    FloatVector r01 = load(bias, o + LANES);
    FloatVector r10 = r00;
    FloatVector r11 = r01;
    FloatVector r20 = r00;
    FloatVector r21 = r01;
    FloatVector r30 = r00;
    FloatVector r31 = r01;
    for (int i = 0; i < in; i++) {
      long at = (long) i * Panels.WIDTH;
      FloatVector w0 = load(values, c0 + at);
      FloatVector w1 = load(values, c1 + at);
      FloatVector xi = broadcast(Floats.get(x, xAt + i));
      r00 = w0.fma(xi, r00);
      r01 = w1.fma(xi, r01);
      xi = broadcast(Floats.get(x, xAt + xStride + i));
      r10 = w0.fma(xi, r10);
      r11 = w1.fma(xi, r11);
      xi = broadcast(Floats.get(x, xAt + 2L * xStride + i));
      r20 = w0.fma(xi, r20);
      r21 = w1.fma(xi, r21);
      xi = broadcast(Floats.get(x, xAt + 3L * xStride + i));
      r30 = w0.fma(xi, r30);
      r31 = w1.fma(xi, r31);
    }
    r00.intoArray(y, yAt);
    r01.intoArray(y, yAt + LANES);
    r10.intoArray(y, yAt + yStride);
    r11.intoArray(y, yAt + yStride + LANES);
    r20.intoArray(y, yAt + 2 * yStride);
    r21.intoArray(y, yAt + 2 * yStride + LANES);
    r30.intoArray(y, yAt + 3 * yStride);
    r31.intoArray(y, yAt + 3 * yStride + LANES);
  }
}
