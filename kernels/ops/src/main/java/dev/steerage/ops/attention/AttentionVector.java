package dev.steerage.ops.attention;

import static dev.steerage.ops.LanesVector.LANES;
import static dev.steerage.ops.LanesVector.SPECIES;
import static dev.steerage.ops.LanesVector.broadcast;
import static dev.steerage.ops.LanesVector.fold;
import static dev.steerage.ops.LanesVector.load;

import dev.steerage.ops.Floats;
import dev.steerage.ops.LanesVector;
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

  private final ThreadLocal<float[]> scores =
      ThreadLocal.withInitial(() -> new float[GROUP * TILE]);

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
    float[] e = scores.get();
    int dim = layout.headDim();
    int perBlock = layout.blockSize() / TILE;
    for (int n = 0; n < layout.heads(); n++) {
      long query = qOffset + (long) n * qHeadStride;
      long row = outOffset + (long) n * dim;
      float max = Float.NEGATIVE_INFINITY;
      float sum = 0f;
      int tile = first / TILE;
      clear(out, row, dim);
      while (tile <= last / TILE) {
        int block = blocks[blocksOffset + tile / perBlock];
        int slot = tile % perBlock * TILE;
        int group = Math.min(Math.min(GROUP, perBlock - tile % perBlock), last / TILE - tile + 1);
        scores(keys, layout.key(block, slot, n, 0), dim, group, q, query, e);
        for (int t = 0; t < group; t++, tile++) {
          int from = Math.max(first - tile * TILE, 0);
          int to = Math.min(last - tile * TILE, TILE - 1);
          float next = scaleAndMask(e, t * TILE, scale, from, to, max);
          float decay = Elementary.exp(max - next);
          sum = Math.fma(sum, decay, exponentials(e, t * TILE, next));
          max = next;
          long value = layout.value(block, slot + t * TILE, n, 0);
          accumulate(values, value, dim, e, t * TILE, from, to, decay, out, row);
        }
      }
      divide(out, row, dim, sum);
    }
  }

  /// Raw products of the query with the keys of `group` tiles.
  private static void scores(
      MemorySegment keys, long at, int dim, int group, MemorySegment q, long query, float[] e) {
    int i = 0;
    for (; i + 4 * LANES <= group * TILE; i += 4 * LANES) {
      long k0 = column(at, dim, i);
      long k1 = column(at, dim, i + LANES);
      long k2 = column(at, dim, i + 2 * LANES);
      long k3 = column(at, dim, i + 3 * LANES);
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
      s0.intoArray(e, i);
      s1.intoArray(e, i + LANES);
      s2.intoArray(e, i + 2 * LANES);
      s3.intoArray(e, i + 3 * LANES);
    }
    for (; i < group * TILE; i += LANES) {
      long k0 = column(at, dim, i);
      FloatVector s0 = FloatVector.zero(SPECIES);
      for (int d = 0; d < dim; d++) {
        s0 = broadcast(Floats.get(q, query + d)).fma(load(keys, k0 + (long) d * TILE), s0);
      }
      s0.intoArray(e, i);
    }
  }

  private static long column(long at, int dim, int i) {
    return at + (long) (i / TILE) * dim * TILE + i % TILE;
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
  private static float exponentials(float[] e, int at, float max) {
    for (int i = 0; i < TILE; i += LANES) {
      ElementaryVector.exp(FloatVector.fromArray(SPECIES, e, at + i).sub(max)).intoArray(e, at + i);
    }
    FloatVector sum = FloatVector.fromArray(SPECIES, e, at);
    if (LANES == TILE / 2) {
      sum = sum.add(FloatVector.fromArray(SPECIES, e, at + LANES));
    } else if (LANES == TILE / 4) {
      FloatVector odd =
          FloatVector.fromArray(SPECIES, e, at + LANES)
              .add(FloatVector.fromArray(SPECIES, e, at + 3 * LANES));
      sum = sum.add(FloatVector.fromArray(SPECIES, e, at + 2 * LANES)).add(odd);
    }
    return fold(sum);
  }

  /// The row of the output times `decay`, plus the visible values times their exponentials.
  private static void accumulate(
      MemorySegment values,
      long value,
      int dim,
      float[] e,
      int at,
      int from,
      int to,
      float decay,
      MemorySegment out,
      long row) {
    int d = 0;
    for (; d + 2 * LANES <= dim; d += 2 * LANES) {
      FloatVector a = load(out, row + d).mul(decay);
      FloatVector b = load(out, row + d + LANES).mul(decay);
      for (int i = from; i <= to; i++) {
        FloatVector weight = broadcast(e[at + i]);
        long v = value + (long) i * dim + d;
        a = weight.fma(load(values, v), a);
        b = weight.fma(load(values, v + LANES), b);
      }
      LanesVector.store(a, out, row + d);
      LanesVector.store(b, out, row + d + LANES);
    }
    for (; d < dim; d += LANES) {
      VectorMask<Float> mask = LanesVector.below(d, dim);
      FloatVector a = load(out, row + d, mask).mul(decay);
      for (int i = from; i <= to; i++) {
        a = broadcast(e[at + i]).fma(load(values, value + (long) i * dim + d, mask), a);
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
