/* Attention of one query row over a paged cache; contract in AttentionKernel.java, layout of the
 * cache in KvLayout.java.
 *
 * Reads every visible key and value once. Scores of up to four tiles are taken together: a score is
 * one chain, and a single tile would wait for the latency of the fma.
 */
#include "elementary.h"

#define TILE 16
#define GROUP 4

/* C registers of raw products of the query with keys [dim, 16]. */
INLINE void score_block(const int C, const float* keys, int64_t i, int dim, const float* q,
                        float* e) {
  vf s[4];
  const float* k[4];
#pragma GCC unroll 4
  for (int j = 0; j < C; j++) {
    int64_t p = i + j * LANES;
    k[j] = keys + p / TILE * dim * TILE + p % TILE;
    s[j] = vf_all(0.0f);
  }
  for (int d = 0; d < dim; d++) {
    vf qd = vf_all(q[d]);
#pragma GCC unroll 4
    for (int j = 0; j < C; j++) s[j] = vf_fma(qd, vf_load(k[j] + (int64_t)d * TILE), s[j]);
  }
#pragma GCC unroll 4
  for (int j = 0; j < C; j++) vf_store(e + i + j * LANES, s[j]);
}

/* C registers of the output row: decayed, then the visible values of one tile. */
INLINE void value_block(const int C, const float* values, int dim, const float* e, int from, int to,
                        float decay, float* out) {
  vf a[4];
#pragma GCC unroll 4
  for (int j = 0; j < C; j++) a[j] = vf_mul(vf_load(out + j * LANES), vf_all(decay));
  for (int i = from; i <= to; i++) {
    vf weight = vf_all(e[i]);
    const float* v = values + (int64_t)i * dim; /* values[i, d ...] */
#pragma GCC unroll 4
    for (int j = 0; j < C; j++) a[j] = vf_fma(weight, vf_load(v + j * LANES), a[j]);
  }
#pragma GCC unroll 4
  for (int j = 0; j < C; j++) vf_store(out + j * LANES, a[j]);
}

static void accumulate(const float* values, int dim, const float* e, int from, int to, float decay,
                       float* out) {
  int d = 0;
  for (; d + 4 * LANES <= dim; d += 4 * LANES) {
    value_block(4, values + d, dim, e, from, to, decay, out + d);
  }
  for (; d + LANES <= dim; d += LANES) {
    value_block(1, values + d, dim, e, from, to, decay, out + d);
  }
  if (d < dim) {
    int n = dim - d;
    vf a = vf_mul(vf_load_part(out + d, n), vf_all(decay));
    for (int i = from; i <= to; i++) {
      a = vf_fma(vf_all(e[i]), vf_load_part(values + (int64_t)i * dim + d, n), a);
    }
    vf_store_part(out + d, a, n);
  }
}

/* Scales a tile's scores, hides what is not visible, returns the new maximum. */
static float scale_and_mask(float* e, float scale, int from, int to, float max) {
  for (int i = 0; i < TILE; i++) {
    e[i] = i >= from && i <= to ? e[i] * scale : -INFINITY;
    max = e[i] > max ? e[i] : max;
  }
  return max;
}

/* Turns a tile's scores into exponentials, returns their folded sum. */
INLINE float exponentials(float* e, float max) {
  vf share[SHARES];
  for (int s = 0; s < SHARES; s++) {
    share[s] = vf_exp(vf_sub(vf_load(e + s * LANES), vf_all(max)));
    vf_store(e + s * LANES, share[s]);
  }
  return fold(share);
}

static float scalar_exp(float x) {
  float lanes[LANES];
  vf_store(lanes, vf_exp(vf_all(x)));
  return lanes[0];
}

EXPORT void PATH(attention)(int heads, int dim, int block_size, const float* keys,
                            const float* values, const int32_t* blocks, int blocks_offset, int first,
                            int last, const float* q, int64_t q_offset, int64_t q_head_stride,
                            float scale, float* out, int64_t out_offset) {
  const int64_t head_elements = (int64_t)dim * block_size;
  const int per_block = block_size / TILE;
  const int last_tile = last / TILE;
  float e[GROUP * TILE];
  for (int n = 0; n < heads; n++) {
    const float* query = q + q_offset + n * q_head_stride; /* q[n, :] */
    float* row = out + out_offset + (int64_t)n * dim;      /* out[n, :] */
    float max = -INFINITY;
    float sum = 0.0f;
    for (int d = 0; d < dim; d++) row[d] = 0.0f;
    for (int tile = first / TILE; tile <= last_tile;) {
      int slot_tile = tile % per_block;
      int64_t head = (blocks[blocks_offset + tile / per_block] * (int64_t)heads + n) * head_elements;
      const int64_t at = head + (int64_t)slot_tile * TILE * dim;
      int group = per_block - slot_tile < GROUP ? per_block - slot_tile : GROUP;
      if (group > last_tile - tile + 1) group = last_tile - tile + 1;
      int64_t i = 0;
      for (; i + 4 * LANES <= group * TILE; i += 4 * LANES) {
        score_block(4, keys + at, i, dim, query, e);
      }
      for (; i < group * TILE; i += LANES) score_block(1, keys + at, i, dim, query, e);
      for (int t = 0; t < group; t++, tile++) {
        int from = first - tile * TILE > 0 ? first - tile * TILE : 0;
        int to = last - tile * TILE < TILE - 1 ? last - tile * TILE : TILE - 1;
        float* scores = e + t * TILE;
        float next = scale_and_mask(scores, scale, from, to, max);
        float decay = scalar_exp(max - next);
        float tile_sum = exponentials(scores, next);
        sum = fmaf(sum, decay, tile_sum);
        max = next;
        accumulate(values + at + (int64_t)t * TILE * dim, dim, scores, from, to, decay, row);
      }
    }
    for (int d = 0; d < dim; d++) row[d] = row[d] / sum;
  }
}
