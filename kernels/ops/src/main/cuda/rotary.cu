/* Rotates queries and keys and writes keys and values into the cache; contracts in RotaryKernel.java
 * and KvLayout.java. */
#include "kv_layout.cuh"

template <typename ELEMENT>
DEVICE void rotate_and_store(float* qkv, int row_stride, int heads, int head_dim, int key_offset,
                             int value_offset, int head_stride, const float* cos_or_null,
                             const float* sin_or_null, int rotated, const int* position,
                             const int* page_table, const int* pages_from, ELEMENT* keys,
                             ELEMENT* values, int block_size, int rows) {
  const int row = blockIdx.x;
  if (row >= rows) return;
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
    ELEMENT* const to = keys + key_at(block, slot, head, 0, heads, head_dim, block_size);
    if (piece < half) {
      const float c = cos_or_null[(int64_t)at * half + piece];
      const float s = sin_or_null[(int64_t)at * half + piece];
      float a = q[piece];
      float b = q[piece + half];
      q[piece] = fmaf(a, c, -(b * s));
      q[piece + half] = fmaf(b, c, a * s);
      a = k[piece];
      b = k[piece + half];
      keep(to + piece * KV_TILE, fmaf(a, c, -(b * s)));
      keep(to + (piece + half) * KV_TILE, fmaf(b, c, a * s));
    } else if (piece < half + rest) {
      const int d = piece + half;
      keep(to + d * KV_TILE, k[d]);
    } else {
      const int d = piece - half - rest;
      keep(values + value_at(block, slot, head, d, heads, head_dim, block_size),
           q[value_offset + d]);
    }
  }
}

#define ROTARY_STORE(name, element)                                                               \
  KERNEL THREADS(256)                                                                             \
  name(float* qkv, int row_stride, int heads, int head_dim, int key_offset, int value_offset,     \
       int head_stride, const float* cos_or_null, const float* sin_or_null, int rotated,          \
       const int* position, const int* page_table, const int* pages_from, element* keys,          \
       element* values, int block_size, const int* count) {                                       \
    rotate_and_store<element>(qkv, row_stride, heads, head_dim, key_offset, value_offset,         \
                              head_stride, cos_or_null, sin_or_null, rotated, position,           \
                              page_table, pages_from, keys, values, block_size, *count);          \
  }

ROTARY_STORE(steerage_rotary_store, float)
ROTARY_STORE(steerage_rotary_store_bf16, bf16_t)
