package dev.steerage.ops.product;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// The product as its definition.
public final class ProductReference implements ProductKernel {
  @Override
  public void multiply(
      Matrix a,
      Matrix b,
      MemorySegment c,
      long cOffset,
      long cStride,
      int m,
      int n,
      int k,
      boolean accumulate) {
    ProductKernel.check(a, b, c, cOffset, cStride, m, n, k);
    for (int r = 0; r < m; r++) {
      for (int o = 0; o < n; o++) {
        long at = cOffset + r * cStride + o;
        float acc = accumulate ? Floats.get(c, at) : 0f;
        for (int i = 0; i < k; i++) {
          acc = Math.fma(a.get(r, i), b.get(i, o), acc);
        }
        Floats.set(c, at, acc);
      }
    }
  }
}
