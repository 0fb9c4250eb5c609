/* Causal attention over a whole sequence and its gradient; contract in CausalAttentionKernel.java. */
#include "elementary.h"
#include "product.h"

#define QUERIES 32

/* Softmax of scores[0, count) of which [first, count) are visible, in place; the rest becomes 0. */
INLINE void softmax(float* scores, int first, int count, int padded, float scale) {
  float max = -INFINITY;
  for (int j = first; j < count; j++) {
    scores[j] *= scale;
    max = scores[j] > max ? scores[j] : max;
  }
  for (int j = 0; j < first; j++) scores[j] = 0.0f;
  for (int j = count; j < padded; j++) scores[j] = 0.0f;
  vf m = vf_all(max);
  vf acc[SHARES];
  for (int s = 0; s < SHARES; s++) acc[s] = vf_all(0.0f);
  for (int j = 0; j < padded; j += STRIPES) {
    for (int s = 0; s < SHARES; s++) {
      int at = j + s * LANES;
      float e[LANES];
      vf_store(e, vf_exp(vf_sub(vf_load(scores + at), m)));
      for (int l = 0; l < LANES; l++) {
        if (at + l < first || at + l >= count) e[l] = 0.0f;
      }
      vf v = vf_load(e);
      vf_store(scores + at, v);
      acc[s] = vf_add(acc[s], v);
    }
  }
  vf sum = vf_all(fold(acc));
  for (int j = 0; j < padded; j += LANES) vf_store(scores + j, vf_div(vf_load(scores + j), sum));
}

static void transpose(const float* from, int64_t stride, int rows, int columns, float* to) {
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) to[(int64_t)c * rows + r] = from[r * stride + c];
  }
}

/* One head of one sequence. scratch: [dim, length]. probabilities: [length, pitch]. */
EXPORT void PATH(causal)(const float* q, const float* k, const float* v, int64_t stride, int length,
                         int dim, int window, float scale, float* probabilities, int64_t pitch,
                         float* z, int64_t z_stride, float* scratch) {
  transpose(k, stride, length, dim, scratch);
  matrix_t keys = {scratch, length, 1};
  matrix_t values = {v, stride, 1};
  for (int i = 0; i < length; i += QUERIES) {
    int rows = length - i < QUERIES ? length - i : QUERIES;
    int visible = i + rows;
    float* p = probabilities + i * pitch;
    matrix_t queries = {q + i * stride, stride, 1};
    multiply(queries, keys, p, pitch, rows, visible, dim, 0);
    for (int r = 0; r < rows; r++) {
      int last = i + r + 1;
      int first = last > window ? last - window : 0;
      softmax(p + r * pitch, first, last, (int)pitch, scale);
    }
    matrix_t left = {p, pitch, 1};
    multiply(left, values, z + i * z_stride, z_stride, rows, dim, visible, 0);
  }
}

/* dq, dk, dv are overwritten. scratch: [dim, length] then [QUERIES, pitch]. */
EXPORT void PATH(causal_backward)(const float* q, const float* k, const float* v, int64_t stride,
                                  int length, int dim, float scale, const float* probabilities,
                                  int64_t pitch, const float* dz, int64_t dz_stride, float* dq,
                                  float* dk, float* dv, float* scratch) {
  float* ds = scratch + (int64_t)dim * length;
  transpose(v, stride, length, dim, scratch);
  matrix_t values = {scratch, length, 1};
  matrix_t keys = {k, stride, 1};
  for (int r = 0; r < length; r++) {
    for (int d = 0; d < dim; d++) dk[r * stride + d] = dv[r * stride + d] = 0.0f;
  }
  for (int i = 0; i < length; i += QUERIES) {
    int rows = length - i < QUERIES ? length - i : QUERIES;
    int visible = i + rows;
    const float* p = probabilities + i * pitch;
    matrix_t upstream = {dz + i * dz_stride, dz_stride, 1};
    multiply(upstream, values, ds, pitch, rows, visible, dim, 0);
    for (int r = 0; r < rows; r++) {
      float* row = ds + r * pitch;
      const float* pr = p + r * pitch;
      for (int j = visible; j < pitch; j++) row[j] = 0.0f;
      vf acc[SHARES];
      for (int s = 0; s < SHARES; s++) acc[s] = vf_all(0.0f);
      for (int j = 0; j < pitch; j += STRIPES) {
        for (int s = 0; s < SHARES; s++) {
          acc[s] = vf_fma(vf_load(pr + j + s * LANES), vf_load(row + j + s * LANES), acc[s]);
        }
      }
      vf mean = vf_all(fold(acc));
      vf by = vf_all(scale);
      for (int j = 0; j < pitch; j += LANES) {
        vf centred = vf_sub(vf_load(row + j), mean);
        vf_store(row + j, vf_mul(vf_mul(vf_load(pr + j), centred), by));
      }
    }
    matrix_t scores = {ds, pitch, 1};
    multiply(scores, keys, dq + i * stride, stride, rows, dim, visible, 0);
    matrix_t scores_t = {ds, 1, pitch};
    matrix_t queries = {q + i * stride, stride, 1};
    multiply(scores_t, queries, dk, stride, visible, dim, rows, 1);
    matrix_t weights_t = {p, 1, pitch};
    multiply(weights_t, upstream, dv, stride, visible, dim, rows, 1);
  }
}
