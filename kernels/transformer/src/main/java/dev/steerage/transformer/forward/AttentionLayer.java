package dev.steerage.transformer.forward;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Team;
import dev.steerage.ops.attention.AttentionKernel;
import dev.steerage.ops.rotary.RotaryTable;
import dev.steerage.transformer.ModelConfig;
import java.lang.foreign.MemorySegment;

/// Attention of the rows of one forward: rotates queries and keys, stores keys and values, and once
/// all are stored lets every row look back over its sequence. Rows are shared between the threads
/// of a team. One caller at a time.
final class AttentionLayer {
  private final Weights weights;
  private final Backend backend;
  private final ModelConfig config;
  private final Team team;
  private final Rows rows;
  private final KvCache cache;
  private final int[] pages;
  private final MemorySegment qkv; // qkv[r, 3 width]
  private final MemorySegment z; // z[r, width]: concatenated heads
  private final Team.Work store = this::store;
  private final Team.Work attend = this::attend;
  private int layer;
  private Block block;
  private int share;

  AttentionLayer(
      Weights weights,
      Team team,
      Rows rows,
      KvCache cache,
      int[] pages,
      MemorySegment qkv,
      MemorySegment z) {
    this.weights = weights;
    this.backend = weights.backend();
    this.config = weights.config();
    this.team = team;
    this.rows = rows;
    this.cache = cache;
    this.pages = pages;
    this.qkv = qkv;
    this.z = z;
  }

  /// From qkv to z.
  void apply(int newLayer, Block newBlock) {
    layer = newLayer;
    block = newBlock;
    long positions = 0;
    for (int r = 0; r < rows.count; r++) {
      positions += rows.position[r] + 1 - first(r);
    }
    long width = config.width();
    // Storing scatters: it costs several times its bytes.
    inShares(64 * width * rows.count, 0, store);
    inShares(8 * width * positions, 4 * width * positions, attend);
  }

  private void inShares(long bytes, long flops, Team.Work work) {
    int chunks = Shares.chunks(team, bytes, flops, rows.count);
    share = (rows.count + chunks - 1) / chunks;
    team.run((rows.count + share - 1) / share, work);
  }

  private int first(int row) {
    return (int) Math.max(0, rows.position[row] - (long) block.window() + 1);
  }

  private void store(int chunk) {
    int from = chunk * share;
    int count = Math.min(rows.count, from + share) - from;
    QkvLayout at = weights.qkvLayout();
    if (weights.rotary() != null) {
      rotate(from, count, 0, at.headStride());
      rotate(from, count, at.keyOffset(), at.headStride());
    }
    AttentionKernel kernel = backend.attention();
    for (int r = from; r < from + count; r++) {
      long row = (long) r * 3 * config.width();
      kernel.store(
          cache.layout(),
          cache.keys(layer),
          cache.values(layer),
          pages[rows.pagesFrom[r] + rows.position[r] / KvCache.PAGE],
          rows.position[r] % KvCache.PAGE,
          qkv,
          row + at.keyOffset(),
          at.headStride(),
          qkv,
          row + at.valueOffset(),
          at.headStride());
    }
  }

  private void rotate(int from, int count, int offset, int headStride) {
    RotaryTable table = weights.rotary();
    int stride = 3 * config.width();
    backend
        .rotary()
        .rotate(
            table,
            qkv,
            offset + (long) from * stride,
            stride,
            count,
            config.heads(),
            headStride,
            rows.position,
            from);
  }

  private void attend(int chunk) {
    QkvLayout at = weights.qkvLayout();
    int limit = Math.min(rows.count, (chunk + 1) * share);
    for (int r = chunk * share; r < limit; r++) {
      backend
          .attention()
          .attend(
              cache.layout(),
              cache.keys(layer),
              cache.values(layer),
              pages,
              rows.pagesFrom[r],
              first(r),
              rows.position[r],
              qkv,
              (long) r * 3 * config.width(),
              at.headStride(),
              block.scale(),
              z,
              (long) r * config.width());
    }
  }
}
