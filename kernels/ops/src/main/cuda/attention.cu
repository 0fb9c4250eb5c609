/* Attention of one head of one row over the paged cache; contract in AttentionKernel.java.
 *
 * A block takes sixteen tiles of sixteen positions at a time, half a warp scoring each tile: that
 * split is fixed, and what follows goes tile by tile in order, so the bits depend on the positions
 * alone. A thread keeps one dimension of the output. */
#include "elementary.cuh"
#include "kv_layout.cuh"

#define ABREAST 16

DEVICE float largest_of_half(float value) {
  for (int flip = 8; flip > 0; flip /= 2) {
    value = larger(value, __shfl_xor_sync(EVERY_LANE, value, flip));
  }
  return value;
}

/* Of the tiles that a block has before it. */
typedef struct {
  float weight[ABREAST][KV_TILE];
  float most[ABREAST];
  float sums[ABREAST];
  float decay[ABREAST];
} tiles_t;

template <typename ELEMENT>
DEVICE void attend(tiles_t* shared, float* query, const float* qkv, int row_stride, int heads, int head_dim,
                   int head_stride, const ELEMENT* keys, const ELEMENT* values, int block_size,
                   const int* page_table, const int* pages_from, const int* position, int window,
                   float scale, float* out, int out_stride, int rows) {
  const int head = blockIdx.x;
  const int row = blockIdx.y;
  if (row >= rows) return;
  const int last = position[row];
  const int first = window > last ? 0 : last - window + 1;
  const int* const pages = page_table + pages_from[row];
  const int mine = threadIdx.x / 16; /* which tile of the sixteen */
  const int lane = threadIdx.x % 16;
  const float* const q = qkv + (int64_t)row * row_stride + head * head_stride;
  for (int d = threadIdx.x; d < head_dim; d += 256) query[d] = q[d];
  float max = MINUS_INFINITY;
  float sum = 0.0f;
  float acc = 0.0f;
  const int last_tile = last / KV_TILE;
  for (int tile0 = first / KV_TILE; tile0 <= last_tile; tile0 += ABREAST) {
    const int tiles = last_tile - tile0 + 1 < ABREAST ? last_tile - tile0 + 1 : ABREAST;
    __syncthreads();
    const int base = (tile0 + mine) * KV_TILE;
    const int at = base + lane;
    float score = MINUS_INFINITY;
    if (mine < tiles && at >= first && at <= last) {
      const ELEMENT* const k = keys + key_at(pages[base / block_size], at % block_size, head, 0,
                                             heads, head_dim, block_size);
      float chain = 0.0f;
#pragma unroll 8
      for (int d = 0; d < head_dim; d++) chain = fmaf(query[d], cached(k[d * KV_TILE]), chain);
      score = scale * chain;
    }
    const float tile_most = largest_of_half(score);
    if (lane == 0) shared->most[mine] = tile_most;
    __syncthreads();
    float before = max;
    for (int t = 0; t < mine && t < tiles; t++) before = larger(before, shared->most[t]);
    const float after = larger(before, tile_most);
    const float e = own_exp(score - after);
    const float folded = fold_stripes(e);
    shared->weight[mine][lane] = e;
    if (lane == 0) {
      shared->sums[mine] = folded;
      shared->decay[mine] = own_exp(before - after);
    }
    for (int t = 0; t < tiles; t++) max = larger(max, shared->most[t]);
    __syncthreads();
    for (int t = 0; t < tiles; t++) {
      const float f = shared->decay[t];
      sum = fmaf(sum, f, shared->sums[t]);
      if ((int)threadIdx.x < head_dim) {
        const int start = (tile0 + t) * KV_TILE;
        const int from = first > start ? first - start : 0;
        const int to = last - start < KV_TILE - 1 ? last - start : KV_TILE - 1;
        const ELEMENT* const v =
            values + value_at(pages[start / block_size], start % block_size, head, threadIdx.x,
                              heads, head_dim, block_size);
        acc = acc * f;
#pragma unroll 16
        for (int i = 0; i < KV_TILE; i++) {
          if (i >= from && i <= to) acc = fmaf(shared->weight[t][i], cached(v[i * head_dim]), acc);
        }
      }
    }
  }
  if ((int)threadIdx.x < head_dim) {
    out[(int64_t)row * out_stride + head * head_dim + threadIdx.x] = acc / sum;
  }
}

#define ATTEND(name, element)                                                                     \
  KERNEL THREADS(256)                                                                             \
  name(const float* qkv, int row_stride, int heads, int head_dim, int head_stride,                \
       const element* keys, const element* values, int block_size, const int* page_table,         \
       const int* pages_from, const int* position, int window, float scale, float* out,           \
       int out_stride, const int* count) {                                                        \
    DYNAMIC_SHARED(query);                                                                        \
    __shared__ tiles_t tiles;                                                                     \
    attend<element>(&tiles, (float*)query, qkv, row_stride, heads, head_dim, head_stride, keys,   \
                    values, block_size, page_table, pages_from, position, window, scale, out,     \
                    out_stride, *count);                                                          \
  }

ATTEND(steerage_attend, float)
ATTEND(steerage_attend_bf16, bf16_t)
