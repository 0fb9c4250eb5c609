package dev.steerage.ops.attention;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Causal attention of one head over a whole sequence, and its gradient: what training needs
/// instead of [AttentionKernel]'s one row over a cache.
///
/// Position i sees the positions `max(0, i - window + 1) .. i`. Forward: `p[i] = softmax(scale q[i]
/// k)`, `z[i] = p[i] v`. Backward: `ds = p (dp - sum(p dp)) scale` with `dp = dz v`; `dq = ds k`,
/// `dk = ds^T q`, `dv = p^T dz`.
///
/// Bits: products are chains of fused multiply-adds in index order, over the positions of a block
/// of 32 queries for `z` and `dq`; exp of [dev.steerage.ops.elementary.Elementary]; row sums in the
/// order of [dev.steerage.ops.Stripes]. Every backend gives the same bits. Allocates nothing but
/// the scratch it is given; safe from many threads for distinct outputs and scratch. Errors:
/// [IllegalArgumentException] for memory outside a segment, heap segments, or a pitch below the
/// length or no multiple of 16.
public interface CausalAttentionKernel {
  /// Queries of one block; what is beyond the block is never touched.
  int QUERIES = 32;

  /// Elements of scratch for one thread.
  static long scratch(int length, int dim) {
    return (long) dim * length + (long) QUERIES * pitch(length);
  }

  /// Elements from one row of probabilities to the next.
  static int pitch(int length) {
    return (length + 15) / 16 * 16;
  }

  /// probabilities: `[length, pitch(length)]`, 0 where nothing is seen; z: `[length, dim]`.
  void forward(
      HeadRows rows,
      int length,
      int dim,
      int window,
      float scale,
      MemorySegment probabilities,
      long offset,
      MemorySegment z,
      long zOffset,
      int zStride,
      MemorySegment scratch);

  /// Overwrites the gradients of query, key and value, which lie as `gradients` says, with the same
  /// stride as `rows`.
  void backward(
      HeadRows rows,
      int length,
      int dim,
      float scale,
      MemorySegment probabilities,
      long offset,
      MemorySegment dz,
      long dzOffset,
      int dzStride,
      HeadRows gradients,
      MemorySegment scratch);

  /// Checks what both were given.
  static void check(
      HeadRows rows,
      int length,
      int dim,
      MemorySegment probabilities,
      long offset,
      MemorySegment z,
      long zOffset,
      int zStride,
      MemorySegment scratch) {
    rows.check("rows", length, dim);
    Floats.check("probabilities", probabilities, offset, pitch(length), length, pitch(length));
    Floats.check("z", z, zOffset, zStride, length, dim);
    Floats.check("scratch", scratch, 0, 1, 1, Math.toIntExact(scratch(length, dim)));
  }
}
