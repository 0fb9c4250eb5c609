package dev.steerage.ops.product;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Product of two matrices: `c = a b` or `c += a b`. The gradients of an affine map are `dx = dy W`
/// and `dW += dy^T x`.
///
/// Bits: `c[m, n]` is one chain of fused multiply-adds, `acc = 0` (or the old value), then `acc =
/// fma(a[m, i], b[i, n], acc)` for i = 0, 1, …; every backend gives the same bits. c may not
/// overlap a or b. Allocates nothing; safe from many threads for distinct outputs. Errors:
/// [IllegalArgumentException] for memory outside a segment, heap segments, or a matrix of which
/// neither stride is 1.
public interface ProductKernel {
  /// a: `[m, k]`, b: `[k, n]`, c: `[m, n]` with `cStride` from row to row.
  void multiply(
      Matrix a,
      Matrix b,
      MemorySegment c,
      long cOffset,
      long cStride,
      int m,
      int n,
      int k,
      boolean accumulate);

  /// Checks what [#multiply] was given.
  static void check(
      Matrix a, Matrix b, MemorySegment c, long cOffset, long cStride, int m, int n, int k) {
    a.check("a", m, k);
    b.check("b", k, n);
    Floats.check("c", c, cOffset, cStride, m, n);
  }
}
