package dev.steerage.ops.attention;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Stripes;
import dev.steerage.ops.elementary.Elementary;
import java.lang.foreign.MemorySegment;

/// Attention as its definition, head by head and tile by tile.
public final class AttentionReference implements AttentionKernel {
  @Override
  public void store(
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
    AttentionKernel.checkStore(
        layout, keys, values, block, slot, k, kOffset, kHeadStride, v, vOffset, vHeadStride);
    CacheRows.store(
        layout, keys, values, block, slot, k, kOffset, kHeadStride, v, vOffset, vHeadStride);
  }

  @Override
  public void attend(
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
      long outOffset) {
    AttentionKernel.checkAttend(
        layout,
        keys,
        values,
        blocks,
        blocksOffset,
        first,
        last,
        q,
        qOffset,
        qHeadStride,
        out,
        outOffset);
    float[] e = new float[KvLayout.TILE];
    float[] fold = new float[KvLayout.TILE];
    for (int n = 0; n < layout.heads(); n++) {
      long row = outOffset + (long) n * layout.headDim();
      clear(out, row, layout.headDim());
      float max = Float.NEGATIVE_INFINITY;
      float sum = 0f;
      for (int tile = first / KvLayout.TILE; tile <= last / KvLayout.TILE; tile++) {
        int base = tile * KvLayout.TILE;
        int block = blocks[blocksOffset + base / layout.blockSize()];
        int slot = base % layout.blockSize();
        int from = Math.max(first - base, 0);
        int to = Math.min(last - base, KvLayout.TILE - 1);
        long query = qOffset + (long) n * qHeadStride;
        float next = score(layout, keys, block, slot, n, q, query, scale, from, to, e);
        next = Math.max(max, next);
        float decay = Elementary.exp(max - next);
        for (int i = 0; i < KvLayout.TILE; i++) {
          e[i] = Elementary.exp(e[i] - next);
          fold[i] = e[i];
        }
        sum = Math.fma(sum, decay, Stripes.fold(fold));
        max = next;
        accumulate(layout, values, block, slot, n, e, from, to, decay, out, row);
      }
      divide(out, row, layout.headDim(), sum);
    }
  }

  private static void clear(MemorySegment out, long row, int width) {
    for (int d = 0; d < width; d++) {
      set(out, row + d, 0f);
    }
  }

  private static void divide(MemorySegment out, long row, int width, float sum) {
    for (int d = 0; d < width; d++) {
      set(out, row + d, get(out, row + d) / sum);
    }
  }

  /// The scores of one tile, -infinity where not visible; returns the largest.
  private static float score(
      KvLayout layout,
      MemorySegment keys,
      int block,
      int slot,
      int head,
      MemorySegment q,
      long query,
      float scale,
      int from,
      int to,
      float[] e) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < KvLayout.TILE; i++) {
      e[i] = Float.NEGATIVE_INFINITY;
      if (i >= from && i <= to) {
        e[i] = scale * dot(layout, keys, block, slot + i, head, q, query);
        largest = Math.max(largest, e[i]);
      }
    }
    return largest;
  }

  /// The output row decayed, then the visible values of one tile.
  private static void accumulate(
      KvLayout layout,
      MemorySegment values,
      int block,
      int slot,
      int head,
      float[] e,
      int from,
      int to,
      float decay,
      MemorySegment out,
      long row) {
    for (int d = 0; d < layout.headDim(); d++) {
      float acc = get(out, row + d) * decay;
      for (int i = from; i <= to; i++) {
        acc = Math.fma(e[i], get(values, layout.value(block, slot + i, head, d)), acc);
      }
      set(out, row + d, acc);
    }
  }

  private static float dot(
      KvLayout layout,
      MemorySegment keys,
      int block,
      int slot,
      int head,
      MemorySegment q,
      long at) {
    float acc = 0f;
    for (int d = 0; d < layout.headDim(); d++) {
      acc = Math.fma(get(q, at + d), get(keys, layout.key(block, slot, head, d)), acc);
    }
    return acc;
  }
}
