package dev.steerage.ops.product;

import dev.steerage.ops.Bf16;
import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// The product as its definition, of factors as they are or rounded to bf16 first; sums are
/// float32.
///
/// Where they are rounded, backends agree on that, not on the rounding of the sums: processors that
/// multiply pairs of bf16 round them in their own way. So what is computed with it belongs to a
/// numeric class of its own.
public final class ProductReference implements ProductKernel {
  private final boolean isRounded;

  private ProductReference(boolean isRounded) {
    this.isRounded = isRounded;
  }

  public static ProductReference exact() {
    return new ProductReference(false);
  }

  public static ProductReference rounded() {
    return new ProductReference(true);
  }

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
          acc = Math.fma(factor(a.get(r, i)), factor(b.get(i, o)), acc);
        }
        Floats.set(c, at, acc);
      }
    }
  }

  private float factor(float value) {
    return isRounded ? Bf16.round(value) : value;
  }
}
