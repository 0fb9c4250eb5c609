package dev.steerage.ops.adamw;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// One AdamW step over a range of parameters, with decoupled weight decay:
///
/// `g = gradScale grad`, `m = m + (1 - beta1) (g - m)`, `v = beta2 v + (1 - beta2) g g`, `p = keep
/// p - rate m / (correction sqrt(v) + eps)`.
///
/// Bits: `m = fma(g - m, 1 - beta1, m)`, `v = fma((1 - beta2) g, g, beta2 v)`, `p = fma(-rate, m /
/// fma(sqrt v, correction, eps), keep p)`; the same on every backend, element by element, so a
/// range may be cut anywhere. Allocates nothing; safe from many threads for distinct ranges.
/// Errors: [IllegalArgumentException] for memory outside a segment or heap segments.
public interface AdamWKernel {
  /// What one step is made of, worked out once per step.
  ///
  /// @param rate learning rate over `1 - beta1^t`
  /// @param correction `1 / sqrt(1 - beta2^t)`
  /// @param keep `1 - learning rate * weight decay`
  /// @param gradScale what gradients are multiplied with first, for clipping
  record Step(
      float rate,
      float beta1,
      float beta2,
      float eps,
      float correction,
      float keep,
      float gradScale) {
    /// Step t, from 1.
    public static Step of(
        double learningRate,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        long t,
        double gradScale) {
      return new Step(
          (float) (learningRate / (1 - StrictMath.pow(beta1, t))),
          (float) beta1,
          (float) beta2,
          (float) eps,
          (float) (1 / Math.sqrt(1 - StrictMath.pow(beta2, t))),
          (float) (1 - learningRate * weightDecay),
          (float) gradScale);
    }
  }

  /// All four tensors have the same shape; elements `[offset, offset + count)` are touched.
  void step(
      MemorySegment parameters,
      MemorySegment first,
      MemorySegment second,
      MemorySegment gradients,
      long offset,
      long count,
      Step step);

  /// Checks what [#step] was given.
  static void check(
      MemorySegment parameters,
      MemorySegment first,
      MemorySegment second,
      MemorySegment gradients,
      long offset,
      long count) {
    int width = Math.toIntExact(count);
    Floats.check("parameters", parameters, offset, count, 1, width);
    Floats.check("first", first, offset, count, 1, width);
    Floats.check("second", second, offset, count, 1, width);
    Floats.check("gradients", gradients, offset, count, 1, width);
  }
}
