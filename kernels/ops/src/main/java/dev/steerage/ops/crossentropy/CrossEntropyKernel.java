package dev.steerage.ops.crossentropy;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Cross-entropy of rows of logits and its gradient in one pass: logits are overwritten by `scale
/// (softmax(logits) - onehot(target))`.
///
/// Bits: m = the largest logit, exponentials and their sum as in
/// [dev.steerage.ops.logprob.LogprobKernel]; `e * (float) (scale / sum)`, then `- scale` at the
/// target; the loss is `StrictMath.log(sum) - (logit[target] - m)`. Every backend gives the same
/// bits. A target of -1 leaves a row out: gradient 0. Allocates nothing; safe from many threads for
/// distinct rows. Errors: [IllegalArgumentException] for memory outside a segment, heap segments, a
/// target outside the vocabulary.
public interface CrossEntropyKernel {
  /// logits: `[rows, count]` with stride; targets: int32 `[rows]` from element 0; parts: doubles
  /// `[rows, 2]`: logit of the target minus the largest, and the sum of exponentials.
  void apply(
      MemorySegment logits,
      long offset,
      int stride,
      int rows,
      int count,
      MemorySegment targets,
      float scale,
      MemorySegment parts);

  /// The loss of one row in nats, from what [#apply] has left in `parts`; 0 for a row left out.
  static double loss(MemorySegment parts, int row) {
    double sum = parts.getAtIndex(ValueLayout.JAVA_DOUBLE, 2L * row + 1);
    return sum == 0 ? 0 : StrictMath.log(sum) - parts.getAtIndex(ValueLayout.JAVA_DOUBLE, 2L * row);
  }

  /// Checks what [#apply] was given.
  static void check(
      MemorySegment logits,
      long offset,
      int stride,
      int rows,
      int count,
      MemorySegment targets,
      MemorySegment parts) {
    Floats.check("logits", logits, offset, stride, rows, count);
    Floats.check("targets", targets, 0, 1, 1, rows);
    Floats.check("parts", parts, 0, 1, 1, 4 * rows);
    for (int r = 0; r < rows; r++) {
      int target = targets.getAtIndex(ValueLayout.JAVA_INT, r);
      if (target < -1 || target >= count) {
        throw new IllegalArgumentException("target: value=" + target + ", limit=" + count);
      }
    }
  }
}
