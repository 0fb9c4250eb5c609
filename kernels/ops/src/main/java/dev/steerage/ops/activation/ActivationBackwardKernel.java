package dev.steerage.ops.activation;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Gradient of [ActivationKernel], in place: `dy *= f'(x)`, x being what the function was given.
///
/// Bits, with the functions of [dev.steerage.ops.elementary.Elementary]: erf form `fma(x, exp(x x
/// -0.5) 0.39894228, normal(x))`; tanh form with `s = 1 / (1 + exp(-2u))`, `fma(x, s (1 - s) u',
/// s)` where `u' = fma(x x cubic, 3, linear)`. Every backend gives the same bits. Allocates
/// nothing; safe from many threads for distinct rows. Errors: [IllegalArgumentException] for memory
/// outside a segment or heap segments.
public interface ActivationBackwardKernel {
  /// x, dy: `[rows, width]` with strides.
  void apply(
      Activation function,
      MemorySegment x,
      long xOffset,
      int xStride,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      int rows,
      int width);

  /// Checks what [#apply] was given.
  static void check(
      MemorySegment x,
      long xOffset,
      int xStride,
      MemorySegment dy,
      long dyOffset,
      int dyStride,
      int rows,
      int width) {
    Floats.check("x", x, xOffset, xStride, rows, width);
    Floats.check("dy", dy, dyOffset, dyStride, rows, width);
  }
}
