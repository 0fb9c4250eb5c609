package dev.steerage.ops.attention;

import static dev.steerage.ops.Floats.get;
import static dev.steerage.ops.Floats.set;

import dev.steerage.ops.Stripes;
import dev.steerage.ops.elementary.Elementary;
import java.lang.foreign.MemorySegment;

/// Causal attention and its gradient as plain loops.
public final class CausalAttentionReference implements CausalAttentionKernel {
  @Override
  public void forward(
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
      MemorySegment scratch) {
    CausalAttentionKernel.check(
        rows, length, dim, probabilities, offset, z, zOffset, zStride, scratch);
    int pitch = CausalAttentionKernel.pitch(length);
    for (int i = 0; i < length; i++) {
      long p = offset + (long) i * pitch;
      int first = Math.max(0, i + 1 - window);
      softmax(rows, i, first, dim, scale, pitch, probabilities, p);
      for (int d = 0; d < dim; d++) {
        float acc = 0f;
        for (int j = 0; j < visible(i, length); j++) {
          float value = get(rows.tensor(), rows.value() + (long) j * rows.stride() + d);
          acc = Math.fma(get(probabilities, p + j), value, acc);
        }
        set(z, zOffset + (long) i * zStride + d, acc);
      }
    }
  }

  private static void softmax(
      HeadRows rows,
      int i,
      int first,
      int dim,
      float scale,
      int pitch,
      MemorySegment probabilities,
      long p) {
    float max = Float.NEGATIVE_INFINITY;
    for (int j = first; j <= i; j++) {
      float score =
          scale
              * dot(
                  rows.tensor(),
                  rows.query() + (long) i * rows.stride(),
                  rows.tensor(),
                  rows.key() + (long) j * rows.stride(),
                  dim);
      set(probabilities, p + j, score);
      max = Math.max(max, score);
    }
    float[] partial = new float[Stripes.COUNT];
    for (int j = 0; j < pitch; j++) {
      boolean seen = j >= first && j <= i;
      float e = seen ? Elementary.exp(get(probabilities, p + j) - max) : 0f;
      set(probabilities, p + j, e);
      partial[j % Stripes.COUNT] += e;
    }
    float sum = Stripes.fold(partial);
    for (int j = 0; j < pitch; j++) {
      set(probabilities, p + j, get(probabilities, p + j) / sum);
    }
  }

  @Override
  public void backward(
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
      MemorySegment scratch) {
    CausalAttentionKernel.check(
        rows, length, dim, probabilities, offset, dz, dzOffset, dzStride, scratch);
    gradients.check("gradients", length, dim);
    int pitch = CausalAttentionKernel.pitch(length);
    MemorySegment to = gradients.tensor();
    int stride = gradients.stride();
    for (int t = 0; t < length; t++) {
      for (int d = 0; d < dim; d++) {
        set(to, gradients.key() + (long) t * stride + d, 0f);
        set(to, gradients.value() + (long) t * stride + d, 0f);
      }
    }
    for (int i = 0; i < length; i++) {
      long p = offset + (long) i * pitch;
      long up = dzOffset + (long) i * dzStride;
      int visible = visible(i, length);
      float[] ds = scores(rows, visible, dim, scale, pitch, probabilities, p, dz, up);
      for (int d = 0; d < dim; d++) {
        float acc = 0f;
        for (int j = 0; j < visible; j++) {
          acc = Math.fma(ds[j], get(rows.tensor(), rows.key() + (long) j * rows.stride() + d), acc);
        }
        set(to, gradients.query() + (long) i * stride + d, acc);
        float q = get(rows.tensor(), rows.query() + (long) i * rows.stride() + d);
        float g = get(dz, up + d);
        for (int j = 0; j < visible; j++) {
          long key = gradients.key() + (long) j * stride + d;
          set(to, key, Math.fma(ds[j], q, get(to, key)));
          long value = gradients.value() + (long) j * stride + d;
          set(to, value, Math.fma(get(probabilities, p + j), g, get(to, value)));
        }
      }
    }
  }

  /// Gradients of the scores of one query.
  private static float[] scores(
      HeadRows rows,
      int visible,
      int dim,
      float scale,
      int pitch,
      MemorySegment probabilities,
      long p,
      MemorySegment dz,
      long up) {
    float[] ds = new float[pitch];
    float[] partial = new float[Stripes.COUNT];
    for (int j = 0; j < pitch; j++) {
      long value = rows.value() + (long) j * rows.stride();
      ds[j] = j < visible ? dot(dz, up, rows.tensor(), value, dim) : 0f;
      int stripe = j % Stripes.COUNT;
      partial[stripe] = Math.fma(get(probabilities, p + j), ds[j], partial[stripe]);
    }
    float mean = Stripes.fold(partial);
    for (int j = 0; j < pitch; j++) {
      ds[j] = get(probabilities, p + j) * (ds[j] - mean) * scale;
    }
    return ds;
  }

  /// Positions that the block of query i computes.
  private static int visible(int i, int length) {
    return Math.min(length, (i / QUERIES + 1) * QUERIES);
  }

  private static float dot(MemorySegment a, long aAt, MemorySegment b, long bAt, int dim) {
    float acc = 0f;
    for (int d = 0; d < dim; d++) {
      acc = Math.fma(get(a, aAt + d), get(b, bAt + d), acc);
    }
    return acc;
  }
}
