package dev.steerage.ops.logprob;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// The normaliser of log-probabilities: `log sum exp(x)`.
///
/// Bits: m = the largest element; chunks of 1024 elements, cut from the first; inside a chunk
/// `exp(x - m)` added up in the order of [dev.steerage.ops.Stripes]; chunk sums added in double in
/// order; result `m + log(sum)` with [StrictMath#log]. Every backend gives the same bits. All
/// elements -infinity: -infinity; any NaN or +infinity: NaN. Fast backends allocate nothing; safe
/// from many threads. Errors: [IllegalArgumentException] for memory outside the segment, a heap
/// segment, or count < 1.
public interface LogprobKernel {
  /// Elements added up in float32 before the sum goes on in double.
  int CHUNK = 1024;

  /// x: `[count]` from element `offset`. The log-probability of element i is `x[i]` minus the
  /// result.
  double logSumExp(MemorySegment x, long offset, int count);

  /// Checks what [#logSumExp] was given.
  static void check(MemorySegment x, long offset, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("count: value=" + count + ", limit=1");
    }
    Floats.check("x", x, offset, count, 1, count);
  }
}
