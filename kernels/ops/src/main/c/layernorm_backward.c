/* Gradient of layer normalisation; contract in LayerNormBackwardKernel.java. */
#include "lanes.h"

typedef struct {
  float a;
  float b;
} pair_t;

INLINE float total(const float* x, int width, float centre, const int squares) {
  vf acc[SHARES];
  vf c = vf_all(centre);
  for (int s = 0; s < SHARES; s++) acc[s] = vf_all(0.0f);
  int i = 0;
  for (; i + STRIPES <= width; i += STRIPES) {
    for (int s = 0; s < SHARES; s++) {
      vf v = vf_sub(vf_load(x + i + s * LANES), c);
      acc[s] = squares ? vf_fma(v, v, acc[s]) : vf_add(acc[s], v);
    }
  }
  for (int s = 0; s < SHARES && i < width; s++, i += LANES) {
    int n = width - i < LANES ? width - i : LANES;
    vf v = vf_keep(vf_sub(vf_load_part(x + i, n), c), n);
    acc[s] = squares ? vf_fma(v, v, acc[s]) : vf_add(acc[s], v);
  }
  return fold(acc);
}

/* Adds the row's share to dgamma and dbeta; the sums of dy gamma and of dy gamma x^. */
INLINE pair_t sums(const float* x, const float* dy, int width, float mean, float scale,
                   const float* gamma, float* dgamma, float* dbeta) {
  vf first[SHARES];
  vf second[SHARES];
  vf c = vf_all(mean);
  vf s1 = vf_all(scale);
  for (int s = 0; s < SHARES; s++) first[s] = second[s] = vf_all(0.0f);
  for (int i = 0; i < width; i += STRIPES) {
    for (int s = 0; s < SHARES && i + s * LANES < width; s++) {
      int at = i + s * LANES;
      int n = width - at < LANES ? width - at : LANES;
      vf g = vf_load_part(dy + at, n);
      vf unit = vf_mul(vf_sub(vf_load_part(x + at, n), c), s1);
      vf_store_part(dgamma + at, vf_fma(g, unit, vf_load_part(dgamma + at, n)), n);
      vf_store_part(dbeta + at, vf_add(g, vf_load_part(dbeta + at, n)), n);
      vf scaled = vf_mul(g, vf_load_part(gamma + at, n));
      if (n < LANES) {
        scaled = vf_keep(scaled, n);
        unit = vf_keep(unit, n);
      }
      first[s] = vf_add(first[s], scaled);
      second[s] = vf_fma(scaled, unit, second[s]);
    }
  }
  pair_t result = {fold(first), fold(second)};
  return result;
}

EXPORT void PATH(layernorm_backward)(const float* x, int64_t x_offset, int64_t x_stride, int rows,
                                     int width, const float* gamma, float eps, const float* dy,
                                     int64_t dy_offset, int64_t dy_stride, float* dx,
                                     int64_t dx_offset, int64_t dx_stride, int accumulate,
                                     float* dgamma, float* dbeta) {
  for (int r = 0; r < rows; r++) {
    const float* from = x + x_offset + r * x_stride;      /* x[r, :] */
    const float* upstream = dy + dy_offset + r * dy_stride; /* dy[r, :] */
    float* to = dx + dx_offset + r * dx_stride;           /* dx[r, :] */
    float mean = total(from, width, 0.0f, 0) / (float)width;
    float variance = total(from, width, mean, 1) / (float)width;
    float scale = 1.0f / sqrtf(variance + eps);
    pair_t sum = sums(from, upstream, width, mean, scale, gamma, dgamma, dbeta);
    vf a = vf_all(sum.a / (float)width);
    vf b = vf_all(sum.b / (float)width);
    vf c = vf_all(mean);
    vf s = vf_all(scale);
    for (int i = 0; i < width; i += LANES) {
      int n = width - i < LANES ? width - i : LANES;
      vf unit = vf_mul(vf_sub(vf_load_part(from + i, n), c), s);
      vf scaled = vf_mul(vf_load_part(upstream + i, n), vf_load_part(gamma + i, n));
      vf d = vf_mul(s, vf_sub(vf_sub(scaled, a), vf_mul(unit, b)));
      if (accumulate) d = vf_add(vf_load_part(to + i, n), d);
      vf_store_part(to + i, d, n);
    }
  }
}
