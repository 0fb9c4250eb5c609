package dev.steerage.ops.linear;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.load;

import dev.steerage.ops.Floats;
import dev.steerage.ops.LanesVector;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Rows times panels of bf16 pairs in registers: a shift and a mask widen a pair, then each output
/// keeps the chain of [PanelsVector].
///
/// Moves every weight once per four rows and does 2 flops with it per row. Four chains are in
/// flight. With eight, as for float32, the compiler gives up on inlining and boxes every register:
/// loads, shifts and masks make its graph too large.
final class PairsVector implements ProductVector {
  private static final VectorSpecies<Integer> PAIRS =
      VectorSpecies.of(int.class, LanesVector.SPECIES.vectorShape());

  private final MemorySegment values;
  private final MemorySegment bias;
  private final int in;

  PairsVector(Panels panels) {
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
    for (; o + 4 * LANES <= limit; o += 4 * LANES) {
      oneByFour(o, x, xAt, y, yAt + o - first);
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
    for (; o < limit; o += LANES) {
      fourByOne(o, x, xAt, xStride, y, yAt + o - first, yStride);
    }
  }

  /// First pair of the column of registers that holds output `o`.
  private long column(int o) {
    return (long) (o / Panels.WIDTH) * Panels.pairs(in) * Panels.WIDTH + o % Panels.WIDTH;
  }

  private IntVector pairs(long index) {
    return IntVector.fromMemorySegment(PAIRS, values, index << 2, ByteOrder.nativeOrder());
  }

  private static FloatVector low(IntVector pairs) {
    return pairs.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
  }

  private static FloatVector high(IntVector pairs) {
    return pairs.and(0xffff0000).reinterpretAsFloats();
  }

  private void oneByFour(int o, MemorySegment x, long xAt, float[] y, int yAt) {
    long c0 = column(o);
    long c1 = column(o + LANES);
    long c2 = column(o + 2 * LANES);
    long c3 = column(o + 3 * LANES);
    FloatVector a0 = load(bias, o);
    FloatVector a1 = load(bias, o + LANES);
    FloatVector a2 = load(bias, o + 2 * LANES);
    FloatVector a3 = load(bias, o + 3 * LANES);
    for (int i = 0; i + 2 <= in; i += 2) {
      FloatVector even = broadcast(Floats.get(x, xAt + i));
      FloatVector odd = broadcast(Floats.get(x, xAt + i + 1));
      long at = (long) i * (Panels.WIDTH / 2);
      IntVector w0 = pairs(c0 + at);
      a0 = high(w0).fma(odd, low(w0).fma(even, a0));
      IntVector w1 = pairs(c1 + at);
      a1 = high(w1).fma(odd, low(w1).fma(even, a1));
      IntVector w2 = pairs(c2 + at);
      a2 = high(w2).fma(odd, low(w2).fma(even, a2));
      IntVector w3 = pairs(c3 + at);
      a3 = high(w3).fma(odd, low(w3).fma(even, a3));
    }
    if (in % 2 != 0) {
      FloatVector last = broadcast(Floats.get(x, xAt + in - 1));
      long at = (long) (in / 2) * Panels.WIDTH;
      a0 = low(pairs(c0 + at)).fma(last, a0);
      a1 = low(pairs(c1 + at)).fma(last, a1);
      a2 = low(pairs(c2 + at)).fma(last, a2);
      a3 = low(pairs(c3 + at)).fma(last, a3);
    }
    a0.intoArray(y, yAt);
    a1.intoArray(y, yAt + LANES);
    a2.intoArray(y, yAt + 2 * LANES);
    a3.intoArray(y, yAt + 3 * LANES);
  }

  private void oneByOne(int o, MemorySegment x, long xAt, float[] y, int yAt) {
    long c0 = column(o);
    FloatVector a0 = load(bias, o);
    for (int i = 0; i + 2 <= in; i += 2) {
      FloatVector even = broadcast(Floats.get(x, xAt + i));
      FloatVector odd = broadcast(Floats.get(x, xAt + i + 1));
      long at = (long) i * (Panels.WIDTH / 2);
      IntVector w0 = pairs(c0 + at);
      a0 = high(w0).fma(odd, low(w0).fma(even, a0));
    }
    if (in % 2 != 0) {
      FloatVector last = broadcast(Floats.get(x, xAt + in - 1));
      long at = (long) (in / 2) * Panels.WIDTH;
      a0 = low(pairs(c0 + at)).fma(last, a0);
    }
    a0.intoArray(y, yAt);
  }

  private void fourByOne(
      int o, MemorySegment x, long xAt, int xStride, float[] y, int yAt, int yStride) {
    long c0 = column(o);
    FloatVector r00 = load(bias, o);
    FloatVector r10 = r00;
    FloatVector r20 = r00;
    FloatVector r30 = r00;
    for (int i = 0; i + 2 <= in; i += 2) {
      long at = (long) i * (Panels.WIDTH / 2);
      IntVector w0 = pairs(c0 + at);
      FloatVector even0 = low(w0);
      FloatVector xi = broadcast(Floats.get(x, xAt + i));
      r00 = even0.fma(xi, r00);
      xi = broadcast(Floats.get(x, xAt + xStride + i));
      r10 = even0.fma(xi, r10);
      xi = broadcast(Floats.get(x, xAt + 2L * xStride + i));
      r20 = even0.fma(xi, r20);
      xi = broadcast(Floats.get(x, xAt + 3L * xStride + i));
      r30 = even0.fma(xi, r30);
      FloatVector odd0 = high(w0);
      xi = broadcast(Floats.get(x, xAt + i + 1));
      r00 = odd0.fma(xi, r00);
      xi = broadcast(Floats.get(x, xAt + xStride + i + 1));
      r10 = odd0.fma(xi, r10);
      xi = broadcast(Floats.get(x, xAt + 2L * xStride + i + 1));
      r20 = odd0.fma(xi, r20);
      xi = broadcast(Floats.get(x, xAt + 3L * xStride + i + 1));
      r30 = odd0.fma(xi, r30);
    }
    if (in % 2 != 0) {
      long at = (long) (in / 2) * Panels.WIDTH;
      FloatVector last0 = low(pairs(c0 + at));
      r00 = last0.fma(broadcast(Floats.get(x, xAt + in - 1)), r00);
      r10 = last0.fma(broadcast(Floats.get(x, xAt + xStride + in - 1)), r10);
      r20 = last0.fma(broadcast(Floats.get(x, xAt + 2L * xStride + in - 1)), r20);
      r30 = last0.fma(broadcast(Floats.get(x, xAt + 3L * xStride + in - 1)), r30);
    }
    r00.intoArray(y, yAt);
    r10.intoArray(y, yAt + yStride);
    r20.intoArray(y, yAt + 2 * yStride);
    r30.intoArray(y, yAt + 3 * yStride);
  }
}
