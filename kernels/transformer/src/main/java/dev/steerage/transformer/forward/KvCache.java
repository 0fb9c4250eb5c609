package dev.steerage.transformer.forward;

import dev.steerage.ops.attention.KvLayout;
import dev.steerage.transformer.ModelConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Keys and values of all layers in pages of [#PAGE] positions. Its size is fixed when it is made:
/// who wants a position has to hold a page.
final class KvCache {
  /// Positions of one page; a multiple of what the attention kernel scores at once.
  static final int PAGE = KvLayout.TILE;

  private final KvLayout layout;
  private final MemorySegment[] keys;
  private final MemorySegment[] values;

  KvCache(ModelConfig config, int pages, Arena arena) {
    layout = new KvLayout(config.heads(), config.headDim(), PAGE);
    long bytes = Math.multiplyExact(layout.blockElements() * Float.BYTES, (long) pages);
    keys = new MemorySegment[config.layers()];
    values = new MemorySegment[config.layers()];
    for (int layer = 0; layer < config.layers(); layer++) {
      keys[layer] = arena.allocate(bytes, 64);
      values[layer] = arena.allocate(bytes, 64);
    }
  }

  KvLayout layout() {
    return layout;
  }

  MemorySegment keys(int layer) {
    return keys[layer];
  }

  MemorySegment values(int layer) {
    return values[layer];
  }
}
