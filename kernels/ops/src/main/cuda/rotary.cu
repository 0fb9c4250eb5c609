/* Rotates queries and keys and writes keys and values into the cache; contracts in RotaryKernel.java
 * and KvLayout.java. */
#include "kv_layout.cuh"

KERNEL THREADS(256)
steerage_rotary_store(float* qkv, int row_stride, int heads, int head_dim, int key_offset,
                      int value_offset, int head_stride, const float* cos_or_null,
                      const float* sin_or_null, int rotated, const int* position,
                      const int* page_table, const int* pages_from, float* keys, float* values,
                      int block_size, const int* count) {
  const int row = blockIdx.x;
  if (row >= *count) return;
  const int at = position[row];
  const int block = page_table[pages_from[row] + at / block_size];
  const int slot = at % block_size;
  const int half = cos_or_null ? rotated / 2 : 0;
  const int rest = head_dim - 2 * half;
  float* const from = qkv + (int64_t)row * row_stride;
  /* The pairs of a head, then what is not rotated, then its values. */
  const int pieces = half + rest + head_dim;
  for (int e = threadIdx.x; e < heads * pieces; e += 256) {
    const int head = e / pieces;
    const int piece = e % pieces;
    float* const q = from + head * head_stride;
    const float* const k = q + key_offset;
    float* const to = keys + key_at(block, slot, head, 0, heads, head_dim, block_size);
    if (piece < half) {
      const float c = cos_or_null[(int64_t)at * half + piece];
      const float s = sin_or_null[(int64_t)at * half + piece];
      float a = q[piece];
      float b = q[piece + half];
      q[piece] = fmaf(a, c, -(b * s));
      q[piece + half] = fmaf(b, c, a * s);
      a = k[piece];
      b = k[piece + half];
      to[piece * KV_TILE] = fmaf(a, c, -(b * s));
      to[(piece + half) * KV_TILE] = fmaf(b, c, a * s);
    } else if (piece < half + rest) {
      const int d = piece + half;
      to[d * KV_TILE] = k[d];
    } else {
      const int d = piece - half - rest;
      values[value_at(block, slot, head, d, heads, head_dim, block_size)] =
          q[value_offset + d];
    }
  }
}
