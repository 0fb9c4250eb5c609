/* Matrix products in registers, for the gradients of affine maps and for attention over whole
 * sequences.
 *
 * Every element of the result is one chain of fused multiply-adds in index order, whatever the
 * blocking is. The right factor is packed into strips of [depth, 64] that stay in the second cache
 * while all rows use them; six rows by four registers fill 24 of 32 registers (six by two on AVX2).
 * 2 flops per element and inner index; moves the right factor once per 256 inner indices.
 */
#ifndef STEERAGE_PRODUCT_H
#define STEERAGE_PRODUCT_H

#include "lanes.h"

#define PRODUCT_ROWS 6
#define PRODUCT_COLUMNS (REGISTERS >= 32 ? 4 : 2)
#define PRODUCT_STRIP (PRODUCT_COLUMNS * LANES)
#define PRODUCT_DEPTH 256

/* Element (r, c) is at[r * row + c * column]. */
typedef struct {
  const float* at;
  int64_t row;
  int64_t column;
} matrix_t;

/* R rows by C registers; `last` elements of the last register count. by_column: the left factor
 * lies with its rows side by side, `stride` from one inner index to the next. */
INLINE void product_block(const int R, const int C, const int by_column, const float* a,
                          int64_t stride, const float* panel, int depth, int last, int add,
                          float* c, int64_t c_stride) {
  vf acc[PRODUCT_ROWS][4];
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) {
      const float* from = c + r * c_stride + j * LANES;
      if (!add) {
        acc[r][j] = vf_all(0.0f);
      } else if (j == C - 1 && last < LANES) {
        acc[r][j] = vf_load_part(from, last);
      } else {
        acc[r][j] = vf_load(from);
      }
    }
  }
  for (int i = 0; i < depth; i++) {
    vf b[4];
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) b[j] = vf_load(panel + (int64_t)i * C * LANES + j * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      vf ai = vf_all(by_column ? a[i * stride + r] : a[r * stride + i]);
#pragma GCC unroll 8
      for (int j = 0; j < C; j++) acc[r][j] = vf_fma(ai, b[j], acc[r][j]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < R; r++) {
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) {
      float* to = c + r * c_stride + j * LANES;
      if (j == C - 1 && last < LANES) {
        vf_store_part(to, acc[r][j], last);
      } else {
        vf_store(to, acc[r][j]);
      }
    }
  }
}

INLINE void product_rows(const int C, const int by_column, matrix_t a, const float* panel, int depth,
                         int last, int add, float* c, int64_t c_stride, int rows) {
  int64_t stride = by_column ? a.column : a.row;
  int r = 0;
  for (; r + 6 <= rows; r += 6) {
    product_block(6, C, by_column, a.at + r * a.row, stride, panel, depth, last, add,
                  c + r * c_stride, c_stride);
  }
  for (; r + 2 <= rows; r += 2) {
    product_block(2, C, by_column, a.at + r * a.row, stride, panel, depth, last, add,
                  c + r * c_stride, c_stride);
  }
  for (; r < rows; r++) {
    product_block(1, C, by_column, a.at + r * a.row, stride, panel, depth, last, add,
                  c + r * c_stride, c_stride);
  }
}

/* Strip of `count` columns from b, filled up with zeros to `width`. */
INLINE void product_pack(matrix_t b, int depth, int count, int width, float* panel) {
  if (b.column == 1) {
    for (int i = 0; i < depth; i++) {
      const float* from = b.at + i * b.row;
      float* to = panel + (int64_t)i * width;
      int n = 0;
      for (; n + LANES <= count; n += LANES) vf_store(to + n, vf_load(from + n));
      for (; n < width; n++) to[n] = n < count ? from[n] : 0.0f;
    }
    return;
  }
  for (int n = 0; n < width; n++) {
    const float* from = b.at + n * b.column;
    for (int i = 0; i < depth; i++) panel[(int64_t)i * width + n] = n < count ? from[i * b.row] : 0.0f;
  }
}

/* c[m, n] = or += a[m, k] b[k, n]; one of the strides of a has to be 1. */
__attribute__((unused)) static void multiply(matrix_t a, matrix_t b, float* c, int64_t c_stride,
                                             int m, int n, int k, int accumulate) {
  float panel[PRODUCT_DEPTH * PRODUCT_STRIP] __attribute__((aligned(64)));
  const int by_column = a.row == 1 && a.column != 1;
  int first = 0;
  do {
    int depth = k - first < PRODUCT_DEPTH ? k - first : PRODUCT_DEPTH;
    int add = accumulate || first > 0;
    matrix_t part = {a.at + first * a.column, a.row, a.column};
    for (int o = 0; o < n; o += PRODUCT_STRIP) {
      int count = n - o < PRODUCT_STRIP ? n - o : PRODUCT_STRIP;
      int registers = (count + LANES - 1) / LANES;
      int last = count - (registers - 1) * LANES;
      matrix_t strip = {b.at + first * b.row + o * b.column, b.row, b.column};
      product_pack(strip, depth, count, registers * LANES, panel);
      float* to = c + o;
#define PRODUCT_CASE(C)                                                            \
  case C:                                                                          \
    if (by_column) {                                                               \
      product_rows(C, 1, part, panel, depth, last, add, to, c_stride, m);          \
    } else {                                                                       \
      product_rows(C, 0, part, panel, depth, last, add, to, c_stride, m);          \
    }                                                                              \
    break;
      switch (registers) {
        PRODUCT_CASE(1)
        PRODUCT_CASE(2)
#if REGISTERS >= 32
        PRODUCT_CASE(3)
        PRODUCT_CASE(4)
#endif
      }
#undef PRODUCT_CASE
    }
    first += depth;
  } while (first < k);
}

#endif
