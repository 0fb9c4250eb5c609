package dev.steerage.ops.attention;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// Attention of one query row over a paged cache of keys and values.
///
/// Per head, over the visible positions p of `[first, last]`: `out = sum softmax(scale * q . k[p])
/// v[p]`.
///
/// Bits: positions are taken in tiles of sixteen, cut at absolute multiples of sixteen, in order; a
/// score is a chain of fused multiply-adds over the head's dimensions; per tile the running maximum
/// m, sum l and row a become `m' = max(m, scores)`, `f = exp(m - m')`, `e[p] = exp(s[p] - m')`, `l'
/// = fma(l, f, fold(e))` (folding as in [dev.steerage.ops.Stripes], 0 for what is not visible) and
/// `a' = a * f`, then `fma(e[p], v[p], a')` for the visible positions in order; at last a / l. exp
/// is [dev.steerage.ops.elementary.Elementary#exp]. So the result depends on the positions alone,
/// and every backend gives the same bits. A head with a NaN score, or a score of +infinity, comes
/// out as NaN. Only visible positions are read for their value. Fast backends allocate nothing;
/// safe from many threads for distinct outputs and blocks. Errors: [IllegalArgumentException] for
/// an empty or negative range, a block number outside the cache, memory outside a segment, heap
/// segments.
public interface AttentionKernel {
  /// Puts the key and value of one position into the cache. Head n begins at element `kOffset + n *
  /// kHeadStride` of k, likewise for v; `block` counts blocks of the cache.
  void store(
      KvLayout layout,
      MemorySegment keys,
      MemorySegment values,
      int block,
      int slot,
      MemorySegment k,
      long kOffset,
      int kHeadStride,
      MemorySegment v,
      long vOffset,
      int vHeadStride);

  /// Attends from one row. Position p lies in block `blocks[blocksOffset + p / blockSize]`, slot `p
  /// % blockSize`. Head n of the query begins at `qOffset + n * qHeadStride`; `out` gets `[heads,
  /// headDim]` without gaps from `outOffset`.
  void attend(
      KvLayout layout,
      MemorySegment keys,
      MemorySegment values,
      int[] blocks,
      int blocksOffset,
      int first,
      int last,
      MemorySegment q,
      long qOffset,
      int qHeadStride,
      float scale,
      MemorySegment out,
      long outOffset);

  /// Checks what [#store] was given.
  static void checkStore(
      KvLayout layout,
      MemorySegment keys,
      MemorySegment values,
      int block,
      int slot,
      MemorySegment k,
      long kOffset,
      int kHeadStride,
      MemorySegment v,
      long vOffset,
      int vHeadStride) {
    checkBlock(block, blocks(layout, keys, values));
    if (slot < 0 || slot >= layout.blockSize()) {
      throw new IllegalArgumentException("slot: value=" + slot + ", limit=" + layout.blockSize());
    }
    Floats.check("k", k, kOffset, kHeadStride, layout.heads(), layout.headDim());
    Floats.check("v", v, vOffset, vHeadStride, layout.heads(), layout.headDim());
  }

  /// Checks what [#attend] was given.
  static void checkAttend(
      KvLayout layout,
      MemorySegment keys,
      MemorySegment values,
      int[] blocks,
      int blocksOffset,
      int first,
      int last,
      MemorySegment q,
      long qOffset,
      int qHeadStride,
      MemorySegment out,
      long outOffset) {
    if (first < 0 || last < first) {
      throw new IllegalArgumentException("positions: first=" + first + ", limit=last=" + last);
    }
    long limit = blocks(layout, keys, values);
    int lastBlock = last / layout.blockSize();
    for (int b = first / layout.blockSize(); b <= lastBlock; b++) {
      checkBlock(blocks[blocksOffset + b], limit);
    }
    int row = layout.heads() * layout.headDim();
    Floats.check("q", q, qOffset, qHeadStride, layout.heads(), layout.headDim());
    Floats.check("out", out, outOffset, row, 1, row);
  }

  /// Blocks that fit into both tensors; 0 for heap segments.
  private static long blocks(KvLayout layout, MemorySegment keys, MemorySegment values) {
    if (!keys.isNative() || !values.isNative()) {
      return 0;
    }
    return Math.min(keys.byteSize(), values.byteSize()) / (layout.blockElements() * Float.BYTES);
  }

  private static void checkBlock(int block, long limit) {
    if (block < 0 || block >= limit) {
      throw new IllegalArgumentException("block: value=" + block + ", limit=" + limit + " native");
    }
  }
}
