/* Rows times panels in registers, for the affine map and for the scan of a codebook.
 *
 * A panel holds sixteen outputs side by side, in one of two forms (README.md has a picture):
 *   floats  [in, 16] float32
 *   pairs   [in / 2, 16, 2] bf16, two neighbouring inputs of one output in each 32 bits; filled up
 *           with zeros to a multiple of 16 pairs, which is one tile
 * One register multiplies one x with LANES weights, every output keeps its own chain in index
 * order. Moves each weight once per block of rows, 2 flops per weight and row. A block of rows by
 * registers fills the register file; a single row keeps eight chains in flight, which hides the
 * latency of the fma, and asks for the next panels while it reads these: a panel of a codebook is
 * too short for the hardware to see it coming.
 */
#ifndef STEERAGE_PANELS_H
#define STEERAGE_PANELS_H

#include "lanes.h"

#define PANEL 16

/* What the weights are, and what one step of the loop does with them. */
#define FLOATS 0 /* one fma with a float32 */
#define PAIRS 1  /* two fma with the halves of a pair, widened: the same chain as FLOATS */
#define DOTS 2   /* one instruction for both halves; rounds in its own way, so for scans alone */

#if defined(__AVX512BF16__)
#define SCAN DOTS
INLINE vf vf_dot(vp a, vp b, vf c) { return _mm512_dpbf16_ps(c, (__m512bh)a, (__m512bh)b); }
INLINE vp vp_all(uint32_t a) { return _mm512_set1_epi32((int)a); }
#else
#define SCAN PAIRS
/* Never called: lets the code below compile. */
INLINE vf vf_dot(vp a, vp b, vf c) { return vf_fma(vp_low(a), vp_low(b), c); }
INLINE vp vp_all(uint32_t a) { return vp_load(&a); }
#endif

typedef struct {
  const void* values; /* floats or pairs */
  const float* bias;  /* [out rounded up to 16] */
  int in;
} panels_t;

/* Rows of x: float32, or bf16 pairs for DOTS; the stride counts elements of 32 bits. */
typedef struct {
  const void* at;
  int64_t stride;
} rows_t;

INLINE int padded_pairs(int in) { return (in + 31) / 32 * 16; }

/* Rows of sixteen in a panel. */
INLINE int depth(const int KIND, int in) { return KIND == FLOATS ? in : padded_pairs(in); }

INLINE const uint32_t* column(const int KIND, const panels_t* w, int o) {
  int64_t panel = (int64_t)depth(KIND, w->in) * PANEL;
  return (const uint32_t*)w->values + (int64_t)(o / PANEL) * panel + o % PANEL;
}

/* R rows by C registers of outputs from o on; `count` outputs of the last register are stored. */
INLINE void block(const int KIND, const int R, const int C, const panels_t* w, int o, int count,
                  rows_t x, float* y, int64_t y_stride) {
  /* Of fixed size, so that the compiler can take them apart into registers. */
  vf acc[8][8];
  const uint32_t* c[8];
  const float* xf = x.at;
  const uint32_t* xp = x.at;
  /* Where the next columns of this strip begin, as seen from these. */
  const int64_t ahead = (int64_t)C * LANES / PANEL * depth(KIND, w->in) * PANEL;
#pragma GCC unroll 8
  for (int j = 0; j < C; j++) {
    c[j] = column(KIND, w, o + j * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) acc[r][j] = vf_load(w->bias + o + j * LANES);
  }
  const int whole = KIND == FLOATS ? w->in : KIND == PAIRS ? w->in / 2 : (w->in + 1) / 2;
  for (int i = 0; i < whole; i++) {
    vp wi[8];
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) {
      wi[j] = vp_load(c[j] + (int64_t)i * PANEL);
      if (R == 1) __builtin_prefetch(c[j] + (int64_t)i * PANEL + ahead, 0, 2);
    }
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      if (KIND == FLOATS) {
        vf xi = vf_all(xf[r * x.stride + i]);
#pragma GCC unroll 8
        for (int j = 0; j < C; j++) acc[r][j] = vf_fma(vp_as_floats(wi[j]), xi, acc[r][j]);
      } else if (KIND == PAIRS) {
        vf even = vf_all(xf[r * x.stride + 2 * i]);
        vf odd = vf_all(xf[r * x.stride + 2 * i + 1]);
#pragma GCC unroll 8
        for (int j = 0; j < C; j++) {
          acc[r][j] = vf_fma(vp_high(wi[j]), odd, vf_fma(vp_low(wi[j]), even, acc[r][j]));
        }
      } else {
        vp xi = vp_all(xp[r * x.stride + i]);
#pragma GCC unroll 8
        for (int j = 0; j < C; j++) acc[r][j] = vf_dot(wi[j], xi, acc[r][j]);
      }
    }
  }
  if (KIND == PAIRS && w->in % 2 != 0) {
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) {
      vf last = vp_low(vp_load(c[j] + (int64_t)whole * PANEL));
#pragma GCC unroll 8
      for (int r = 0; r < R; r++) {
        acc[r][j] = vf_fma(last, vf_all(xf[r * x.stride + w->in - 1]), acc[r][j]);
      }
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

INLINE void strip(const int KIND, const int R, const int C, const panels_t* w, int first, int limit,
                  rows_t x, float* y, int64_t y_stride) {
  int o = first;
  for (; o + C * LANES <= limit; o += C * LANES) {
    block(KIND, R, C, w, o, LANES, x, y + (o - first), y_stride);
  }
  for (; C > 2 && o + 2 * LANES <= limit; o += 2 * LANES) {
    block(KIND, R, 2, w, o, LANES, x, y + (o - first), y_stride);
  }
  for (; o < limit; o += LANES) {
    int count = limit - o < LANES ? limit - o : LANES;
    block(KIND, R, 1, w, o, count, x, y + (o - first), y_stride);
  }
}

/* Most rows of one block: eight by three registers, or by one where there are only sixteen. */
#define ROW_BLOCK (REGISTERS >= 32 ? 8 : 6)

/* Rows of the next block: full ones, and a rest of at most two blocks cut in halves. */
INLINE int next_rows(int left) {
  if (left <= ROW_BLOCK) return left;
  return left < 2 * ROW_BLOCK ? (left + 1) / 2 : ROW_BLOCK;
}

#define WIDE(few) (REGISTERS >= 32 ? (few) : ((few) + 1) / 2)

/* Outputs [first, limit) of all rows, to y[r, o - first]; first is a multiple of 16. */
INLINE void product(const int KIND, const panels_t* w, int first, int limit, rows_t x, int rows,
                    float* y, int64_t y_stride) {
  for (int r = 0; r < rows;) {
    int few = next_rows(rows - r);
    rows_t from = {(const uint32_t*)x.at + r * x.stride, x.stride};
    float* to = y + r * y_stride;
    switch (few) {
      case 1: strip(KIND, 1, 8, w, first, limit, from, to, y_stride); break;
      case 2: strip(KIND, 2, WIDE(8), w, first, limit, from, to, y_stride); break;
      case 3: strip(KIND, 3, WIDE(6), w, first, limit, from, to, y_stride); break;
      case 4: strip(KIND, 4, WIDE(4), w, first, limit, from, to, y_stride); break;
      case 5: strip(KIND, 5, WIDE(4), w, first, limit, from, to, y_stride); break;
      case 6: strip(KIND, 6, WIDE(4), w, first, limit, from, to, y_stride); break;
#if REGISTERS >= 32
      case 7: strip(KIND, 7, 3, w, first, limit, from, to, y_stride); break;
      default: strip(KIND, 8, 3, w, first, limit, from, to, y_stride); break;
#endif
    }
    r += few;
  }
}

#endif
