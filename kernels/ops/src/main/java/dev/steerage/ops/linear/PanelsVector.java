package dev.steerage.ops.linear;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.load;
import static dev.steerage.ops.LanesVector.store;

import dev.steerage.ops.Floats;
import dev.steerage.ops.LanesVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// Rows times panels in registers, for the affine map and for the scan of a codebook.
///
/// Moves every weight once per four rows and does 2 flops with it per row. One row keeps eight
/// registers of outputs in flight, which hides the latency of the multiply-add; four rows times
/// four registers load a weight once for four uses and leave room in 32 registers.
public final class PanelsVector {
  private final MemorySegment values;
  private final MemorySegment bias;
  private final int in;

  public PanelsVector(Panels panels) {
    values = panels.values();
    bias = panels.bias();
    in = panels.in();
  }

  /// Outputs `[first, limit)` of some rows, to `y[r, o - first]`. `first` is a multiple of the
  /// panel width; columns past the last full register are stored lane by lane under a mask.
  public void product(
      int first,
      int limit,
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      MemorySegment y,
      long yOffset,
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
          yOffset + (long) r * yStride,
          yStride);
    }
    for (; r < rows; r++) {
      one(first, limit, x, xOffset + (long) r * xStride, y, yOffset + (long) r * yStride);
    }
  }

  private void one(int first, int limit, MemorySegment x, long xAt, MemorySegment y, long yAt) {
    int o = first;
    for (; o + 8 * LANES <= limit; o += 8 * LANES) {
      oneByEight(o, x, xAt, y, yAt + o - first);
    }
    for (; o + 2 * LANES <= limit; o += 2 * LANES) {
      oneByTwo(o, x, xAt, y, yAt + o - first);
    }
    for (; o < limit; o += LANES) {
      oneByOne(o, limit, x, xAt, y, yAt + o - first);
    }
  }

  private void four(
      int first,
      int limit,
      MemorySegment x,
      long xAt,
      int xStride,
      MemorySegment y,
      long yAt,
      int yStride) {
    int o = first;
    for (; o + 4 * LANES <= limit; o += 4 * LANES) {
      fourByFour(o, x, xAt, xStride, y, yAt + o - first, yStride);
    }
    for (; o + LANES <= limit; o += LANES) {
      fourByOne(o, x, xAt, xStride, y, yAt + o - first, yStride);
    }
    if (o < limit) {
      for (int r = 0; r < 4; r++) {
        oneByOne(o, limit, x, xAt + (long) r * xStride, y, yAt + (long) r * yStride + o - first);
      }
    }
  }

  /// First element of the column of registers that holds output `o`.
  private long column(int o) {
    return (long) (o / Panels.WIDTH) * in * Panels.WIDTH + o % Panels.WIDTH;
  }

  private void oneByEight(int o, MemorySegment x, long xAt, MemorySegment y, long yAt) {
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
    store(a0, y, yAt);
    store(a1, y, yAt + LANES);
    store(a2, y, yAt + 2 * LANES);
    store(a3, y, yAt + 3 * LANES);
    store(a4, y, yAt + 4 * LANES);
    store(a5, y, yAt + 5 * LANES);
    store(a6, y, yAt + 6 * LANES);
    store(a7, y, yAt + 7 * LANES);
  }

  private void oneByTwo(int o, MemorySegment x, long xAt, MemorySegment y, long yAt) {
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
    store(a0, y, yAt);
    store(a1, y, yAt + LANES);
  }

  private void oneByOne(int o, int limit, MemorySegment x, long xAt, MemorySegment y, long yAt) {
    long c0 = column(o);
    FloatVector a0 = load(bias, o);
    for (int i = 0; i < in; i++) {
      FloatVector xi = broadcast(Floats.get(x, xAt + i));
      a0 = load(values, c0 + (long) i * Panels.WIDTH).fma(xi, a0);
    }
    if (o + LANES <= limit) {
      store(a0, y, yAt);
    } else {
      store(a0, y, yAt, LanesVector.below(o, limit));
    }
  }

  private void fourByOne(
      int o, MemorySegment x, long xAt, int xStride, MemorySegment y, long yAt, int yStride) {
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
    store(a0, y, yAt);
    store(a1, y, yAt + yStride);
    store(a2, y, yAt + 2L * yStride);
    store(a3, y, yAt + 3L * yStride);
  }

  /// The block that carries a batch; the digits of an accumulator are its row and register.
  private void fourByFour(
      int o, MemorySegment x, long xAt, int xStride, MemorySegment y, long yAt, int yStride) {
    long c0 = column(o);
    long c1 = column(o + LANES);
    long c2 = column(o + 2 * LANES);
    long c3 = column(o + 3 * LANES);
    FloatVector r00 = load(bias, o);
    FloatVector r01 = load(bias, o + LANES);
    FloatVector r02 = load(bias, o + 2 * LANES);
    FloatVector r03 = load(bias, o + 3 * LANES);
    FloatVector r10 = r00;
    FloatVector r11 = r01;
    FloatVector r12 = r02;
    FloatVector r13 = r03;
    FloatVector r20 = r00;
    FloatVector r21 = r01;
    FloatVector r22 = r02;
    FloatVector r23 = r03;
    FloatVector r30 = r00;
    FloatVector r31 = r01;
    FloatVector r32 = r02;
    FloatVector r33 = r03;
    for (int i = 0; i < in; i++) {
      long at = (long) i * Panels.WIDTH;
      FloatVector w0 = load(values, c0 + at);
      FloatVector w1 = load(values, c1 + at);
      FloatVector w2 = load(values, c2 + at);
      FloatVector w3 = load(values, c3 + at);
      FloatVector xi = broadcast(Floats.get(x, xAt + i));
      r00 = w0.fma(xi, r00);
      r01 = w1.fma(xi, r01);
      r02 = w2.fma(xi, r02);
      r03 = w3.fma(xi, r03);
      xi = broadcast(Floats.get(x, xAt + xStride + i));
      r10 = w0.fma(xi, r10);
      r11 = w1.fma(xi, r11);
      r12 = w2.fma(xi, r12);
      r13 = w3.fma(xi, r13);
      xi = broadcast(Floats.get(x, xAt + 2L * xStride + i));
      r20 = w0.fma(xi, r20);
      r21 = w1.fma(xi, r21);
      r22 = w2.fma(xi, r22);
      r23 = w3.fma(xi, r23);
      xi = broadcast(Floats.get(x, xAt + 3L * xStride + i));
      r30 = w0.fma(xi, r30);
      r31 = w1.fma(xi, r31);
      r32 = w2.fma(xi, r32);
      r33 = w3.fma(xi, r33);
    }
    row(r00, r01, r02, r03, y, yAt);
    row(r10, r11, r12, r13, y, yAt + yStride);
    row(r20, r21, r22, r23, y, yAt + 2L * yStride);
    row(r30, r31, r32, r33, y, yAt + 3L * yStride);
  }

  private static void row(
      FloatVector a, FloatVector b, FloatVector c, FloatVector d, MemorySegment y, long yAt) {
    store(a, y, yAt);
    store(b, y, yAt + LANES);
    store(c, y, yAt + 2 * LANES);
    store(d, y, yAt + 3 * LANES);
  }
}
