package dev.steerage.ops.attention;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import java.lang.foreign.MemorySegment;

/// Writing one position into the cache: a scatter of `heads * headDim` elements twice, too small to
/// be worth a second version.
final class CacheRows {
  private CacheRows() {}

  static void store(
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
    for (int n = 0; n < layout.heads(); n++) {
      long key = layout.key(block, slot, n, 0);
      long value = layout.value(block, slot, n, 0);
      long fromK = kOffset + (long) n * kHeadStride;
      long fromV = vOffset + (long) n * vHeadStride;
      for (int d = 0; d < layout.headDim(); d++) {
        set(keys, key + (long) d * KvLayout.TILE, get(k, fromK + d));
        set(values, value + d, get(v, fromV + d));
      }
    }
  }
}
