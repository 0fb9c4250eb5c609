package dev.steerage.ops.elementary;

import static dev.steerage.ops.LanesVector.broadcast;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// [Elementary] lane by lane: the same operations in the same order, so the same bits.
public final class ElementaryVector {
  private ElementaryVector() {}

  public static FloatVector exp(FloatVector x) {
    FloatVector rounder = broadcast(Elementary.ROUNDER);
    FloatVector c = x.min(Elementary.EXP_MAX);
    FloatVector shifted = c.fma(broadcast(Elementary.LOG2_E), rounder);
    FloatVector n = shifted.sub(rounder);
    FloatVector r = n.fma(broadcast(-Elementary.LN2_HI), c);
    r = n.fma(broadcast(-Elementary.LN2_LO), r);
    FloatVector p = broadcast(Elementary.E4).fma(r, broadcast(Elementary.E3));
    p = p.fma(r, broadcast(Elementary.E2));
    p = p.fma(r, broadcast(Elementary.E1));
    p = p.fma(r, broadcast(Elementary.E0));
    FloatVector y = r.mul(r).fma(p, r).add(1f);
    // The low bits of the shifted sum are the integer n; the rest leaves with the shift.
    IntVector power = shifted.reinterpretAsInts().add(127).lanewise(VectorOperators.LSHL, 23);
    FloatVector scaled = y.mul(power.reinterpretAsFloats());
    return scaled.blend(0f, x.lt(Elementary.EXP_MIN));
  }

  /// The upper half of the polynomial in the tail of the normal distribution. In halves, as a
  /// method whose own compiled code is large is not inlined: then every register goes through the
  /// heap.
  public static FloatVector upperTail(FloatVector t) {
    FloatVector p = broadcast(Elementary.TAIL[10]);
    p = p.fma(t, broadcast(Elementary.TAIL[9]));
    p = p.fma(t, broadcast(Elementary.TAIL[8]));
    p = p.fma(t, broadcast(Elementary.TAIL[7]));
    p = p.fma(t, broadcast(Elementary.TAIL[6]));
    return p.fma(t, broadcast(Elementary.TAIL[5]));
  }

  /// The rest of it.
  public static FloatVector tail(FloatVector t, FloatVector upper) {
    FloatVector p = upper.fma(t, broadcast(Elementary.TAIL[4]));
    p = p.fma(t, broadcast(Elementary.TAIL[3]));
    p = p.fma(t, broadcast(Elementary.TAIL[2]));
    p = p.fma(t, broadcast(Elementary.TAIL[1]));
    return p.fma(t, broadcast(Elementary.TAIL[0]));
  }

  public static FloatVector geluTanh(FloatVector x) {
    FloatVector u =
        x.mul(
            x.mul(x)
                .fma(
                    broadcast(Elementary.GELU_TANH_CUBIC), broadcast(Elementary.GELU_TANH_LINEAR)));
    return x.div(exp(u.neg()).add(1f));
  }
}
