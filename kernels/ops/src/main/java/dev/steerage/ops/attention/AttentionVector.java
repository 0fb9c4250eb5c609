package dev.steerage.ops.attention;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.SPECIES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.load;

import dev.steerage.ops.Floats;
import dev.steerage.ops.LanesVector;
import dev.steerage.ops.Stripes;
import dev.steerage.ops.elementary.Elementary;
import dev.steerage.ops.elementary.ElementaryVector;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// Attention on registers.
///
/// Reads every visible key and value once. Scores of up to four tiles are taken together, because a
/// score is one chain and a single tile would wait for the multiply-add's latency.
public final class AttentionVector implements AttentionKernel {
  private static final int TILE = KvLayout.TILE;
  private static final int GROUP = 4;

  /// Up to four tiles of one head, wherever their blocks lie; of one thread.
  private static final class Group {
    private final float[] e = new float[GROUP * TILE];
    private final float[] decay = new float[GROUP];
    private final float[] stripes = new float[Stripes.COUNT];
    private final long[] at = new long[GROUP];
    private final int[] from = new int[GROUP];
    private final int[] to = new int[GROUP];
    private int tiles;
  }

  private final ThreadLocal<Group> groups = ThreadLocal.withInitial(Group::new);

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
    Group group = groups.get();
    int dim = layout.headDim();
    for (int n = 0; n < layout.heads(); n++) {
      long query = qOffset + (long) n * qHeadStride;
      long row = outOffset + (long) n * dim;
      float max = Float.NEGATIVE_INFINITY;
      float sum = 0f;
      clear(out, row, dim);
      for (int tile = first / TILE; tile <= last / TILE; tile += GROUP) {
        gather(group, layout, blocks, blocksOffset, first, last, tile, n);
        for (int i = 0; i < GROUP * TILE; i += 4 * LANES) {
          scores(keys, group, i, dim, q, query);
        }
        for (int t = 0; t < group.tiles; t++) {
          float next = scaleAndMask(group.e, t * TILE, scale, group.from[t], group.to[t], max);
          group.decay[t] = Elementary.exp(max - next);
          sum = Math.fma(sum, group.decay[t], exponentials(group.e, t * TILE, next, group.stripes));
          max = next;
        }
        accumulate(values, group, dim, out, row);
      }
      divide(out, row, dim, sum);
    }
  }

  /// Where the tiles from `tile` on lie; those past the last repeat it, which costs less than
  /// waiting for a single chain.
  private static void gather(
      Group group,
      KvLayout layout,
      int[] blocks,
      int blocksOffset,
      int first,
      int last,
      int tile,
      int head) {
    int lastTile = last / TILE;
    group.tiles = Math.min(GROUP, lastTile - tile + 1);
    for (int t = 0; t < GROUP; t++) {
      int position = Math.min(tile + t, lastTile) * TILE;
      int block = blocks[blocksOffset + position / layout.blockSize()];
      // Keys and values of a tile begin at the same element.
      group.at[t] = layout.value(block, position % layout.blockSize(), head, 0);
      group.from[t] = Math.max(first - position, 0);
      group.to[t] = Math.min(last - position, TILE - 1);
    }
  }

  /// Raw products of the query with the keys of four registers from score `i` on.
  private static void scores(
      MemorySegment keys, Group group, int i, int dim, MemorySegment q, long query) {
    long k0 = column(group, i);
    long k1 = column(group, i + LANES);
    long k2 = column(group, i + 2 * LANES);
    long k3 = column(group, i + 3 * LANES);
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    for (int d = 0; d < dim; d++) {
      FloatVector qd = broadcast(Floats.get(q, query + d));
      long step = (long) d * TILE;
      s0 = qd.fma(load(keys, k0 + step), s0);
      s1 = qd.fma(load(keys, k1 + step), s1);
      s2 = qd.fma(load(keys, k2 + step), s2);
      s3 = qd.fma(load(keys, k3 + step), s3);
    }
    s0.intoArray(group.e, i);
    s1.intoArray(group.e, i + LANES);
    s2.intoArray(group.e, i + 2 * LANES);
    s3.intoArray(group.e, i + 3 * LANES);
  }

  private static long column(Group group, int i) {
    return group.at[i / TILE] + i % TILE;
  }

  /// Scales the scores of a tile, hides what is not visible, and returns the new maximum.
  private static float scaleAndMask(float[] e, int at, float scale, int from, int to, float max) {
    float next = max;
    FloatVector hidden = broadcast(Float.NEGATIVE_INFINITY);
    for (int i = 0; i < TILE; i += LANES) {
      FloatVector s = FloatVector.fromArray(SPECIES, e, at + i).mul(scale);
      if (from > i || to < i + LANES - 1) {
        VectorMask<Float> visible =
            LanesVector.below(i, to + 1).andNot(LanesVector.below(i, Math.max(from, i)));
        s = hidden.blend(s, visible);
      }
      s.intoArray(e, at + i);
      next = Math.max(next, s.reduceLanes(VectorOperators.MAX));
    }
    return next;
  }

  /// Turns the scores of a tile into exponentials and returns their folded sum.
  private static float exponentials(float[] e, int at, float max, float[] stripes) {
    for (int i = 0; i < TILE; i += LANES) {
      ElementaryVector.exp(FloatVector.fromArray(SPECIES, e, at + i).sub(max)).intoArray(e, at + i);
    }
    // From memory: the compiler may be past what it inlines here, and then a register that is
    // passed on is an object on the heap.
    System.arraycopy(e, at, stripes, 0, TILE);
    return Stripes.fold(stripes);
  }

  /// The output row: per tile decayed, then the visible values times their exponentials.
  private static void accumulate(
      MemorySegment values, Group group, int dim, MemorySegment out, long row) {
    int d = 0;
    for (; d + 2 * LANES <= dim; d += 2 * LANES) {
      FloatVector a = load(out, row + d);
      FloatVector b = load(out, row + d + LANES);
      for (int t = 0; t < group.tiles; t++) {
        a = a.mul(group.decay[t]);
        b = b.mul(group.decay[t]);
        for (int i = group.from[t]; i <= group.to[t]; i++) {
          FloatVector weight = broadcast(group.e[t * TILE + i]);
          long v = group.at[t] + (long) i * dim + d;
          a = weight.fma(load(values, v), a);
          b = weight.fma(load(values, v + LANES), b);
        }
      }
      LanesVector.store(a, out, row + d);
      LanesVector.store(b, out, row + d + LANES);
    }
    for (; d < dim; d += LANES) {
      VectorMask<Float> mask = LanesVector.below(d, dim);
      FloatVector a = load(out, row + d, mask);
      for (int t = 0; t < group.tiles; t++) {
        a = a.mul(group.decay[t]);
        for (int i = group.from[t]; i <= group.to[t]; i++) {
          long v = group.at[t] + (long) i * dim + d;
          a = broadcast(group.e[t * TILE + i]).fma(load(values, v, mask), a);
        }
      }
      LanesVector.store(a, out, row + d, mask);
    }
  }

  private static void clear(MemorySegment out, long row, int dim) {
    for (int d = 0; d < dim; d++) {
      Floats.set(out, row + d, 0f);
    }
  }

  private static void divide(MemorySegment out, long row, int dim, float sum) {
    for (int d = 0; d < dim; d++) {
      Floats.set(out, row + d, Floats.get(out, row + d) / sum);
    }
  }
}
