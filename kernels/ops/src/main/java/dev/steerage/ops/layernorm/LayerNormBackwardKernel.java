package dev.steerage.ops.layernorm;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Gradient of [LayerNormKernel]: with `x^ = (x - mean) s` and `h = dy gamma`, `dx = s (h - mean(h)
/// - x^ mean(h x^))`, `dgamma += dy x^`, `dbeta += dy`.
///
/// Bits: moments as in the forward; `dgamma = fma(dy, x^, dgamma)` row after row; the sums over h
/// in the order of [dev.steerage.ops.Stripes], the second over `fma(h, x^, acc)`; then `s * ((h -
/// m1) - x^ * m2)`, added to the old dx if asked. Every backend gives the same bits. dx may be dy
/// itself (same offset and stride). Allocates nothing; safe from many threads for distinct outputs.
/// Errors: [IllegalArgumentException] for memory outside a segment or heap segments.
public interface LayerNormBackwardKernel {
  /// x, dy, dx: `[rows, width]` with strides; gamma, dgamma, dbeta: `[width]` from element 0.
  void apply(
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int width,
      MemorySegment gamma,
      float eps,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      MemorySegment dx,
      long dxOffset,
      int dxStride,
      boolean accumulate,
      MemorySegment dgamma,
      MemorySegment dbeta);

  /// Checks what [#apply] was given.
  static void check(
      MemorySegment x,
      long xOffset,
      int xStride,
      int rows,
      int width,
      MemorySegment gamma,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      MemorySegment dx,
      long dxOffset,
      int dxStride,
      MemorySegment dgamma,
      MemorySegment dbeta) {
    Floats.check("x", x, xOffset, xStride, rows, width);
    Floats.check("dy", dy, dyOffset, dyStride, rows, width);
    Floats.check("dx", dx, dxOffset, dxStride, rows, width);
    Floats.check("gamma", gamma, 0, width, 1, width);
    Floats.check("dgamma", dgamma, 0, width, 1, width);
    Floats.check("dbeta", dbeta, 0, width, 1, width);
  }
}
