/* Rows times panels in registers, for the affine map and for the scan of a codebook.
 *
 * A panel is [in, 16]: sixteen outputs side by side. One register multiplies one x with LANES
 * weights, every output keeps its own chain in index order. Moves each weight once per block of
 * rows, 2 flops per weight and row. Six rows by four registers fill 24 of 32 registers (six by two
 * of 16 on AVX2); a single row keeps eight chains in flight, which hides the latency of the fma.
 */
#ifndef STEERAGE_PANELS_H
#define STEERAGE_PANELS_H

#include "lanes.h"

#define PANEL 16
#define ROW_BLOCK 6
#define COLUMN_BLOCK (REGISTERS >= 32 ? 4 : 2)

typedef struct {
  const float* values; /* [out / 16, in, 16] */
  const float* bias;   /* [out rounded up to 16] */
  int in;
} panels_t;

INLINE const float* column(const panels_t* w, int o) {
  return w->values + (int64_t)(o / PANEL) * w->in * PANEL + o % PANEL;
}

/* R rows by C registers of outputs from o on; `count` outputs of the last register are stored. */
INLINE void block(const int R, const int C, const panels_t* w, int o, int count, const float* x,
                  int64_t x_stride, float* y, int64_t y_stride) {
  /* Of fixed size, so that the compiler can take them apart into registers. */
  vf acc[ROW_BLOCK][8];
  const float* c[8];
#pragma GCC unroll 8
  for (int j = 0; j < C; j++) {
    c[j] = column(w, o + j * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) acc[r][j] = vf_load(w->bias + o + j * LANES);
  }
  for (int i = 0; i < w->in; i++) {
    vf wi[8];
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) wi[j] = vf_load(c[j] + (int64_t)i * PANEL);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      vf xi = vf_all(x[r * x_stride + i]);
#pragma GCC unroll 8
      for (int j = 0; j < C; j++) acc[r][j] = vf_fma(wi[j], xi, acc[r][j]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) {
      float* to = y + r * y_stride + j * LANES;
      if (j == C - 1 && count < LANES) {
        vf_store_part(to, acc[r][j], count);
      } else {
        vf_store(to, acc[r][j]);
      }
    }
  }
}

INLINE void strip(const int R, const int C, const panels_t* w, int first, int limit,
                  const float* x, int64_t x_stride, float* y, int64_t y_stride) {
  int o = first;
  for (; o + C * LANES <= limit; o += C * LANES) {
    block(R, C, w, o, LANES, x, x_stride, y + (o - first), y_stride);
  }
  for (; o < limit; o += LANES) {
    int count = limit - o < LANES ? limit - o : LANES;
    block(R, 1, w, o, count, x, x_stride, y + (o - first), y_stride);
  }
}

/* Outputs [first, limit) of all rows, to y[r, o - first]; first is a multiple of 16. */
static void product(const panels_t* w, int first, int limit, const float* x, int64_t x_stride,
                    int rows, float* y, int64_t y_stride) {
  int r = 0;
  for (; r + ROW_BLOCK <= rows; r += ROW_BLOCK) {
    strip(ROW_BLOCK, COLUMN_BLOCK, w, first, limit, x + r * x_stride, x_stride, y + r * y_stride,
          y_stride);
  }
  for (; r + 3 <= rows; r += 3) {
    strip(3, COLUMN_BLOCK, w, first, limit, x + r * x_stride, x_stride, y + r * y_stride, y_stride);
  }
  for (; r + 2 <= rows; r += 2) {
    strip(2, COLUMN_BLOCK, w, first, limit, x + r * x_stride, x_stride, y + r * y_stride, y_stride);
  }
  for (; r < rows; r++) {
    strip(1, 8, w, first, limit, x + r * x_stride, x_stride, y + r * y_stride, y_stride);
  }
}

#endif
