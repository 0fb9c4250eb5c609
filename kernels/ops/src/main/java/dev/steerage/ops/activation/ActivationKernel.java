package dev.steerage.ops.activation;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// An activation function over rows, in place.
///
/// Bits: each element goes through the float32 operations written in
/// [dev.steerage.ops.elementary.Elementary] (accuracy there), the same on every backend. NaN gives
/// NaN and +infinity itself; -infinity gives NaN in the erf form (0 times infinity), itself in the
/// tanh form. Allocates nothing; safe from many threads for distinct rows. Errors:
/// [IllegalArgumentException] for memory outside the segment or a heap segment.
public interface ActivationKernel {
  /// x: `[rows, width]` with `stride` elements from row to row.
  void apply(Activation function, MemorySegment x, long offset, int stride, int rows, int width);

  /// Checks what [#apply] was given.
  static void check(MemorySegment x, long offset, int stride, int rows, int width) {
    Floats.check("x", x, offset, stride, rows, width);
  }
}
