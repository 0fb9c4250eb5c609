/* Product of two matrices rounded to bf16, sums in float32; contract in ProductKernel.java,
 * rounding in RoundedProductReference.java.
 *
 * One instruction multiplies and adds two neighbouring inner indices: half the work of product.h.
 * Both factors are packed into pairs: of the right one a strip of [depth / 2, 64], of the left one
 * a block of up to 288 rows, so that each is converted once per 288 rows or 64 columns.
 */
#include "product.h"

/* A multiple of the rows of a block of registers, and of sixteen. */
#define LEFT_ROWS 288

#if defined(__AVX512BF16__)

#define PAIRS_DEEP (PRODUCT_DEPTH / 2)

/* Sixteen floats as bf16, each in the low half of a lane. */
INLINE __m512i halves(__m512 a) { return _mm512_cvtepu16_epi32((__m256i)_mm512_cvtneps_pbh(a)); }

/* Lanes of (low, high). */
INLINE __m512i zipped(__m512 low, __m512 high) {
  return _mm512_or_si512(halves(low), _mm512_slli_epi32(halves(high), 16));
}

/* Lines of pairs, `pitch` apart: line p holds, side by side, the inner indices 2p and 2p + 1 of
 * `width` vectors. Vectors lie `across` apart, inner indices `along`; zeros fill up what is not
 * there. */
INLINE void pack_pairs(const float* from, int64_t along, int64_t across, int depth, int vectors,
                       int width, uint32_t* to, int64_t pitch) {
  const int lines = (depth + 1) / 2;
  if (across == 1) {
    for (int p = 0; p < lines; p++) {
      const float* low = from + 2 * p * along;
      for (int v = 0; v < width; v += 16) {
        int left = vectors - v;
        __mmask16 some = left >= 16 ? 0xffff : left <= 0 ? 0 : (__mmask16)((1u << left) - 1u);
        __m512 l = _mm512_maskz_loadu_ps(some, low + v);
        __m512 h = 2 * p + 1 < depth ? _mm512_maskz_loadu_ps(some, low + along + v)
                                     : _mm512_setzero_ps();
        _mm512_storeu_si512(to + p * pitch + v, zipped(l, h));
      }
    }
    return;
  }
  uint32_t square[16][16] __attribute__((aligned(64)));
  for (int v = 0; v < width; v += 16) {
    for (int p = 0; p < lines; p += 16) {
      for (int i = 0; i < 16; i++) {
        int left = v + i < vectors ? depth - 2 * p : 0;
        const float* at = from + (v + i) * across + 2 * p;
        __mmask16 one = left >= 16 ? 0xffff : left <= 0 ? 0 : (__mmask16)((1u << left) - 1u);
        __mmask16 two = left >= 32 ? 0xffff : left <= 16 ? 0 : (__mmask16)((1u << (left - 16)) - 1u);
        _mm512_store_si512(square[i], (__m512i)_mm512_cvtne2ps_pbh(
                                          _mm512_maskz_loadu_ps(two, at + 16),
                                          _mm512_maskz_loadu_ps(one, at)));
      }
      int tall = lines - p < 16 ? lines - p : 16;
      const __m512i rows = _mm512_mullo_epi32(
          _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
          _mm512_set1_epi32(16));
      for (int i = 0; i < tall; i++) {
        _mm512_storeu_si512(to + (p + i) * pitch + v,
                            _mm512_i32gather_epi32(rows, &square[0][i], 4));
      }
    }
  }
}

/* R rows by C registers; a: lines of LEFT_ROWS pairs, from the first of these rows on. */
INLINE void dot_block(const int R, const int C, const uint32_t* a, const uint32_t* panel, int lines,
                      int last, int add, float* c, int64_t c_stride) {
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
  for (int p = 0; p < lines; p++) {
    __m512bh b[4];
#pragma GCC unroll 8
    for (int j = 0; j < C; j++) b[j] = (__m512bh)vp_load(panel + (int64_t)p * C * LANES + j * LANES);
#pragma GCC unroll 8
    for (int r = 0; r < R; r++) {
      __m512bh ap = (__m512bh)_mm512_set1_epi32((int)a[p * LEFT_ROWS + r]);
#pragma GCC unroll 8
      for (int j = 0; j < C; j++) acc[r][j] = _mm512_dpbf16_ps(acc[r][j], ap, b[j]);
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

INLINE void dot_rows(const int C, const uint32_t* a, const uint32_t* panel, int lines, int last,
                     int add, float* c, int64_t c_stride, int rows) {
  int r = 0;
  for (; r + 6 <= rows; r += 6) {
    dot_block(6, C, a + r, panel, lines, last, add, c + r * c_stride, c_stride);
  }
  for (; r + 2 <= rows; r += 2) {
    dot_block(2, C, a + r, panel, lines, last, add, c + r * c_stride, c_stride);
  }
  for (; r < rows; r++) {
    dot_block(1, C, a + r, panel, lines, last, add, c + r * c_stride, c_stride);
  }
}

static void multiply_rounded(matrix_t a, matrix_t b, float* c, int64_t c_stride, int m, int n, int k,
                          int accumulate) {
  uint32_t left[PAIRS_DEEP * LEFT_ROWS] __attribute__((aligned(64)));
  uint32_t panel[PAIRS_DEEP * PRODUCT_STRIP] __attribute__((aligned(64)));
  int first = 0;
  do {
    int depth = k - first < PRODUCT_DEPTH ? k - first : PRODUCT_DEPTH;
    int lines = (depth + 1) / 2;
    int add = accumulate || first > 0;
    for (int top = 0; top < m; top += LEFT_ROWS) {
      int rows = m - top < LEFT_ROWS ? m - top : LEFT_ROWS;
      pack_pairs(a.at + top * a.row + first * a.column, a.column, a.row, depth, rows,
                 (rows + 15) / 16 * 16, left, LEFT_ROWS);
      for (int o = 0; o < n; o += PRODUCT_STRIP) {
        int count = n - o < PRODUCT_STRIP ? n - o : PRODUCT_STRIP;
        int registers = (count + LANES - 1) / LANES;
        int last = count - (registers - 1) * LANES;
        pack_pairs(b.at + first * b.row + o * b.column, b.row, b.column, depth, count,
                   registers * LANES, panel, registers * LANES);
        float* to = c + top * c_stride + o;
        switch (registers) {
          case 1: dot_rows(1, left, panel, lines, last, add, to, c_stride, rows); break;
          case 2: dot_rows(2, left, panel, lines, last, add, to, c_stride, rows); break;
          case 3: dot_rows(3, left, panel, lines, last, add, to, c_stride, rows); break;
          default: dot_rows(4, left, panel, lines, last, add, to, c_stride, rows); break;
        }
      }
    }
    first += depth;
  } while (first < k);
}

#else

/* Both factors are rounded and multiplied as float32: the same pairs without the instruction. */
static void multiply_rounded(matrix_t a, matrix_t b, float* c, int64_t c_stride, int m, int n, int k,
                             int accumulate) {
  float left[PRODUCT_DEPTH * LEFT_ROWS];
  float right[PRODUCT_DEPTH * PRODUCT_STRIP];
  int first = 0;
  do {
    int depth = k - first < PRODUCT_DEPTH ? k - first : PRODUCT_DEPTH;
    for (int top = 0; top < m; top += LEFT_ROWS) {
      int rows = m - top < LEFT_ROWS ? m - top : LEFT_ROWS;
      const float* of_a = a.at + top * a.row + first * a.column;
      for (int r = 0; r < rows; r++) {
        for (int i = 0; i < depth; i++) {
          left[r * PRODUCT_DEPTH + i] = from_bf16(to_bf16(of_a[r * a.row + i * a.column]));
        }
      }
      for (int o = 0; o < n; o += PRODUCT_STRIP) {
        int count = n - o < PRODUCT_STRIP ? n - o : PRODUCT_STRIP;
        const float* of_b = b.at + first * b.row + o * b.column;
        for (int i = 0; i < depth; i++) {
          for (int j = 0; j < count; j++) {
            right[i * PRODUCT_STRIP + j] = from_bf16(to_bf16(of_b[i * b.row + j * b.column]));
          }
        }
        matrix_t l = {left, PRODUCT_DEPTH, 1};
        matrix_t r = {right, PRODUCT_STRIP, 1};
        multiply(l, r, c + top * c_stride + o, c_stride, rows, count, depth,
                 accumulate || first > 0);
      }
    }
    first += depth;
  } while (first < k);
}
#endif

EXPORT void PATH(product_bf16)(const float* a, int64_t a_offset, int64_t a_row, int64_t a_column,
                               const float* b, int64_t b_offset, int64_t b_row, int64_t b_column,
                               float* c, int64_t c_offset, int64_t c_stride, int m, int n, int k,
                               int accumulate) {
  matrix_t left = {a + a_offset, a_row, a_column};
  matrix_t right = {b + b_offset, b_row, b_column};
  multiply_rounded(left, right, c + c_offset, c_stride, m, n, k, accumulate);
}
