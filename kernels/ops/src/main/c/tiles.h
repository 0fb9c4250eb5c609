/* Tiles of bf16: AMX, or the same in plain C for machines without it.
 *
 * A tile is up to 16 rows of 64 bytes. tile_dot(c, a, b) adds to c[m, n] (float32) the product of
 * a[m, :] (32 bf16: one row of x) and column n of b (16 rows of 16 pairs: a panel as it lies in
 * memory). What that rounds to, from the definition of TDPBF16PS: even and odd elements make one
 * chain of fused multiply-adds each, from 0, in order; the two are added, and that is added to c;
 * subnormals count as 0, before and after every operation.
 */
#ifndef STEERAGE_TILES_H
#define STEERAGE_TILES_H

#include "panels.h"

#define TILE_ROWS 16
#define TILE_PAIRS 16

typedef struct {
  uint8_t palette, start, reserved[14];
  uint16_t row_bytes[16];
  uint8_t rows[16];
} tiles_t;

/* Eight tiles: 0 to 3 for sums, 4 and 5 for x, both of `rows` rows; 6 and 7 for panels. */
INLINE tiles_t tiles_of(int rows) {
  tiles_t shape;
  memset(&shape, 0, sizeof shape);
  shape.palette = 1;
  for (int t = 0; t < 8; t++) {
    shape.row_bytes[t] = 64;
    shape.rows[t] = (uint8_t)(t < 6 ? rows : TILE_PAIRS);
  }
  return shape;
}

#if !defined(STEERAGE_TILES_EMULATED)
/* Tile numbers are part of the instruction, so these have to be macros. */
#define tiles_configure(shape) _tile_loadconfig(shape)
#define tiles_release() _tile_release()
#define tile_load(t, from, stride) _tile_loadd(t, from, stride)
#define tile_store(t, to, stride) _tile_stored(t, to, stride)
#define tile_dot(c, a, b) _tile_dpbf16ps(c, a, b)
#else
typedef struct {
  tiles_t shape;
  uint8_t bytes[8][16][64];
} tile_state_t;

static _Thread_local tile_state_t tile_state;

static float flushed(float a) { return fabsf(a) < 0x1p-126f ? copysignf(0.0f, a) : a; }

static float tile_half(const uint8_t* at) {
  uint16_t half;
  memcpy(&half, at, sizeof half);
  uint32_t bits = (uint32_t)half << 16;
  float a;
  memcpy(&a, &bits, sizeof a);
  return flushed(a);
}

static void tiles_configure(const tiles_t* shape) { tile_state.shape = *shape; }
static void tiles_release(void) { memset(&tile_state, 0, sizeof tile_state); }
static void tile_load(int t, const void* from, int64_t stride) {
  for (int r = 0; r < tile_state.shape.rows[t]; r++) {
    memcpy(tile_state.bytes[t][r], (const uint8_t*)from + r * stride, 64);
  }
}
static void tile_store(int t, void* to, int64_t stride) {
  for (int r = 0; r < tile_state.shape.rows[t]; r++) {
    memcpy((uint8_t*)to + r * stride, tile_state.bytes[t][r], 64);
  }
}
static void tile_dot(int c, int a, int b) {
  for (int m = 0; m < tile_state.shape.rows[c]; m++) {
    for (int n = 0; n < 16; n++) {
      float sum[2] = {0.0f, 0.0f};
      for (int k = 0; k < TILE_PAIRS; k++) {
        for (int half = 0; half < 2; half++) {
          float x = tile_half(&tile_state.bytes[a][m][4 * k + 2 * half]);
          float w = tile_half(&tile_state.bytes[b][k][4 * n + 2 * half]);
          sum[half] = flushed(fmaf(x, w, sum[half]));
        }
      }
      float before;
      memcpy(&before, &tile_state.bytes[c][m][4 * n], sizeof before);
      float after = flushed(flushed(before) + flushed(sum[0] + sum[1]));
      memcpy(&tile_state.bytes[c][m][4 * n], &after, sizeof after);
    }
  }
}
#endif

/* Rows of x as pairs; those from `rows` on are zero. */
INLINE void tile_rows(const float* x, int64_t stride, int rows, int padded_rows, int in,
                      uint16_t* to) {
  const int width = 2 * padded_pairs(in);
  memset(to, 0, (size_t)padded_rows * width * sizeof(uint16_t));
  for (int r = 0; r < rows; r++) {
    for (int i = 0; i < in; i++) to[r * width + i] = to_bf16(x[r * stride + i]);
  }
}

/* What is left of each x once its bf16 is taken off, as bf16 again: the two together hold sixteen
 * significant bits. */
INLINE void tile_rests(const float* x, int64_t stride, int rows, int padded_rows, int in,
                       uint16_t* to) {
  const int width = 2 * padded_pairs(in);
  memset(to, 0, (size_t)padded_rows * width * sizeof(uint16_t));
  for (int r = 0; r < rows; r++) {
    for (int i = 0; i < in; i++) {
      float rounded = from_bf16(to_bf16(x[r * stride + i]));
      int finite = fabsf(rounded) < INFINITY;
      to[r * width + i] = finite ? to_bf16(x[r * stride + i] - rounded) : 0;
    }
  }
}

/* Rows of one configuration by up to four panels from o on, into tiles 0 to 3, which begin at the
 * bias. With rests, every panel meets 32 elements of the rows and then their rests. */
INLINE void tile_strip(const int P, const panels_t* w, int o, const uint16_t* x,
                       const uint16_t* rests_or_null) {
  const int pairs = padded_pairs(w->in);
  const int64_t panel = (int64_t)pairs * PANEL;
  const int64_t row = (int64_t)pairs * 4;
  /* A stride of 0 gives every row the same bias. */
  if (P > 0) tile_load(0, w->bias + o, 0);
  if (P > 1) tile_load(1, w->bias + o + 16, 0);
  if (P > 2) tile_load(2, w->bias + o + 32, 0);
  if (P > 3) tile_load(3, w->bias + o + 48, 0);
  for (int k = 0; k < pairs; k += TILE_PAIRS) {
    const uint32_t* b = column(PAIRS, w, o) + (int64_t)k * PANEL;
    tile_load(4, x + 2 * k, row);
    if (rests_or_null) tile_load(5, rests_or_null + 2 * k, row);
#define MEET(j, b_tile)                                              \
  if (P > j) {                                                       \
    /* Tile loads do not run ahead by themselves. */                 \
    for (int line = 0; line < TILE_PAIRS; line++) {                  \
      __builtin_prefetch(b + (P + j) * panel + line * PANEL, 0, 2);  \
    }                                                                \
    tile_load(b_tile, b + j * panel, 64);                            \
    tile_dot(j, 4, b_tile);                                          \
    if (rests_or_null) tile_dot(j, 5, b_tile);                       \
  }
    MEET(0, 6)
    MEET(1, 7)
    MEET(2, 6)
    MEET(3, 7)
#undef MEET
  }
}

/* Sums of panels [first, limit) for the rows of the configuration, to y[r, o - first]; stores whole
 * panels. */
INLINE void tile_product(const panels_t* w, int first, int limit, const uint16_t* x,
                         const uint16_t* rests_or_null, float* y, int64_t y_stride) {
  int o = first;
  for (; o + 4 * PANEL <= limit; o += 4 * PANEL) {
    tile_strip(4, w, o, x, rests_or_null);
    tile_store(0, y + (o - first), y_stride * 4);
    tile_store(1, y + (o - first) + 16, y_stride * 4);
    tile_store(2, y + (o - first) + 32, y_stride * 4);
    tile_store(3, y + (o - first) + 48, y_stride * 4);
  }
  for (; o < limit; o += PANEL) {
    tile_strip(1, w, o, x, rests_or_null);
    tile_store(0, y + (o - first), y_stride * 4);
  }
}

#endif
