/* Attention of one query row over a paged cache; contract in AttentionKernel.java, layout of the
 * cache in KvLayout.java.
 *
 * Reads every visible key and value once. Scores of up to four tiles are taken together: a score is
 * one chain, and a single tile would wait for the latency of the fma.
 */
#include "elementary.h"

#define TILE 16
#define GROUP 4

/* Up to four tiles of one head, wherever their blocks lie. */
typedef struct {
  const float* keys[GROUP];   /* each [dim, 16] */
  const float* values[GROUP]; /* each [16, dim] */
  int from[GROUP];            /* first and last visible slot */
  int to[GROUP];
  float decay[GROUP]; /* what the row is multiplied by before the tile is added */
  float e[GROUP * TILE];
  int tiles;
} group_t;

/* Raw products of the query with the keys of all four tiles; the pointers of absent tiles repeat
 * the last one, which costs less than waiting for a single chain. */
INLINE void score(group_t* g, int dim, const float* q) {
#pragma GCC unroll 1
  for (int i = 0; i < GROUP * TILE; i += 4 * LANES) {
    vf s[4];
    const float* k[4];
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
      int p = i + j * LANES;
      k[j] = g->keys[p / TILE] + p % TILE;
      s[j] = vf_all(0.0f);
    }
    for (int d = 0; d < dim; d++) {
      vf qd = vf_all(q[d]);
#pragma GCC unroll 4
      for (int j = 0; j < 4; j++) s[j] = vf_fma(qd, vf_load(k[j] + (int64_t)d * TILE), s[j]);
    }
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) vf_store(g->e + i + j * LANES, s[j]);
  }
}

/* Scales a tile's scores, hides what is not visible, returns the new maximum. */
INLINE float scale_and_mask(float* e, float scale, int from, int to, float max) {
  if (from > 0 || to < TILE - 1) {
    for (int i = 0; i < TILE; i++) {
      e[i] = i >= from && i <= to ? e[i] * scale : -INFINITY;
      max = e[i] > max ? e[i] : max;
    }
    return max;
  }
  vf largest = vf_all(max);
  for (int i = 0; i < TILE; i += LANES) {
    vf s = vf_mul(vf_load(e + i), vf_all(scale));
    vf_store(e + i, s);
    largest = vf_max(s, largest);
  }
  return vf_largest(largest);
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

INLINE float scalar_exp(float x) {
  float lanes[LANES];
  vf_store(lanes, vf_exp(vf_all(x)));
  return lanes[0];
}

/* C registers of the output row from element d on: per tile decayed, then the visible values. */
INLINE void value_block(const int C, const group_t* g, int dim, int d, float* out) {
  vf a[4];
#pragma GCC unroll 4
  for (int j = 0; j < C; j++) a[j] = vf_load(out + d + j * LANES);
  for (int t = 0; t < g->tiles; t++) {
    const float* v = g->values[t] + (int64_t)g->from[t] * dim + d; /* values[position, d ...] */
#pragma GCC unroll 4
    for (int j = 0; j < C; j++) a[j] = vf_mul(a[j], vf_all(g->decay[t]));
    for (int i = g->from[t]; i <= g->to[t]; i++, v += dim) {
      vf weight = vf_all(g->e[t * TILE + i]);
#pragma GCC unroll 4
      for (int j = 0; j < C; j++) a[j] = vf_fma(weight, vf_load(v + j * LANES), a[j]);
    }
  }
#pragma GCC unroll 4
  for (int j = 0; j < C; j++) vf_store(out + d + j * LANES, a[j]);
}

static void accumulate(const group_t* g, int dim, float* out) {
  int d = 0;
  for (; d + 4 * LANES <= dim; d += 4 * LANES) value_block(4, g, dim, d, out);
  for (; d + 2 * LANES <= dim; d += 2 * LANES) value_block(2, g, dim, d, out);
  for (; d + LANES <= dim; d += LANES) value_block(1, g, dim, d, out);
  if (d == dim) return;
  int n = dim - d;
  vf a = vf_load_part(out + d, n);
  for (int t = 0; t < g->tiles; t++) {
    a = vf_mul(a, vf_all(g->decay[t]));
    for (int i = g->from[t]; i <= g->to[t]; i++) {
      vf v = vf_load_part(g->values[t] + (int64_t)i * dim + d, n);
      a = vf_fma(vf_all(g->e[t * TILE + i]), v, a);
    }
  }
  vf_store_part(out + d, a, n);
}

/* blocks[p / block_size] is the block of position p. */
static void gather(group_t* g, int heads, int dim, int block_size, const float* keys,
                   const float* values, const int32_t* blocks, int first, int last, int tile,
                   int head) {
  const int per_block = block_size / TILE;
  const int last_tile = last / TILE;
  g->tiles = last_tile - tile + 1 < GROUP ? last_tile - tile + 1 : GROUP;
  for (int t = 0; t < GROUP; t++) {
    int at = t < g->tiles ? tile + t : last_tile;
    int64_t element = (blocks[at / per_block] * (int64_t)heads + head) * dim * block_size +
                      (int64_t)(at % per_block) * TILE * dim;
    g->keys[t] = keys + element;
    g->values[t] = values + element;
    g->from[t] = first - at * TILE > 0 ? first - at * TILE : 0;
    g->to[t] = last - at * TILE < TILE - 1 ? last - at * TILE : TILE - 1;
  }
}

EXPORT void PATH(attention)(int heads, int dim, int block_size, const float* keys,
                            const float* values, const int32_t* blocks, int blocks_offset, int first,
                            int last, const float* q, int64_t q_offset, int64_t q_head_stride,
                            float scale, float* out, int64_t out_offset) {
  group_t g;
  for (int n = 0; n < heads; n++) {
    const float* query = q + q_offset + n * q_head_stride; /* q[n, :] */
    float* row = out + out_offset + (int64_t)n * dim;      /* out[n, :] */
    float max = -INFINITY;
    float sum = 0.0f;
    for (int d = 0; d < dim; d++) row[d] = 0.0f;
    for (int tile = first / TILE; tile <= last / TILE; tile += GROUP) {
      gather(&g, heads, dim, block_size, keys, values, blocks + blocks_offset, first, last, tile, n);
      score(&g, dim, query);
      for (int t = 0; t < g.tiles; t++) {
        float* e = g.e + t * TILE;
        float next = scale_and_mask(e, scale, g.from[t], g.to[t], max);
        g.decay[t] = scalar_exp(max - next);
        sum = fmaf(sum, g.decay[t], exponentials(e, next));
        max = next;
      }
      accumulate(&g, dim, row);
    }
    for (int d = 0; d < dim; d++) row[d] = row[d] / sum;
  }
}

/* One position into the cache; head n begins at k_offset + n * k_head_stride. */
EXPORT void PATH(attention_store)(int heads, int dim, int block_size, float* keys, float* values,
                                  int block, int slot, const float* k, int64_t k_offset,
                                  int64_t k_head_stride, const float* v, int64_t v_offset,
                                  int64_t v_head_stride) {
  for (int n = 0; n < heads; n++) {
    int64_t head = ((int64_t)block * heads + n) * dim * block_size;
    float* key = keys + head + (int64_t)(slot / TILE) * TILE * dim + slot % TILE;
    const float* from = k + k_offset + n * k_head_stride;
    for (int d = 0; d < dim; d++) key[(int64_t)d * TILE] = from[d];
    memcpy(values + head + (int64_t)slot * dim, v + v_offset + n * v_head_stride,
           (size_t)dim * sizeof(float));
  }
}
