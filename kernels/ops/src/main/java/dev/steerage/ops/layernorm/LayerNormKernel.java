package dev.steerage.ops.layernorm;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Layer normalisation of rows: `y[r] = (x[r] - mean) / sqrt(var + eps) * gamma + beta`, with the
/// mean and the biased variance of the row.
///
/// Bits: both sums run in the order of [dev.steerage.ops.Stripes], the second over `fma(x - mean, x
/// - mean, acc)`; then `s = 1 / sqrt(var + eps)` and `y = fma((x - mean) * s, gamma, beta)`. Every
///   backend gives the same bits, whatever `rows` is. A row with a NaN or an infinity comes out as
///   NaN. y may be x itself (same offset and stride) and may not overlap it otherwise. Allocates
///   nothing; safe from many threads for distinct outputs. Errors: [IllegalArgumentException] for
///   memory outside a segment, heap segments, eps < 0.
public interface LayerNormKernel {
  /// x, y: `[rows, width]` with strides; gamma, beta: `[width]` from element 0.
  void apply(
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int width,
      MemorySegment gamma,
      MemorySegment beta,
      float eps,
      MemorySegment y,
      long yOffset,
      int yStride);

  /// Checks what [#apply] was given.
  static void check(
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int width,
      MemorySegment gamma,
      MemorySegment beta,
      float eps,
      MemorySegment y,
      long yOffset,
      int yStride) {
    Floats.check("x", x, xOffset, xStride, rows, width);
    Floats.check("y", y, yOffset, yStride, rows, width);
    Floats.check("gamma", gamma, 0, width, 1, width);
    Floats.check("beta", beta, 0, width, 1, width);
    if (!(eps >= 0f)) {
      throw new IllegalArgumentException("eps: value=" + eps + ", limit=0");
    }
  }
}
