/* Layer normalisation of rows; contract in LayerNormKernel.java. */
#include "lanes.h"

/* Sum over the row of (x - centre), or of its square, in the order of the stripes. */
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

EXPORT void PATH(layernorm)(const float* x, int64_t x_offset, int64_t x_stride, int rows, int width,
                            const float* gamma, const float* beta, float eps, float* y,
                            int64_t y_offset, int64_t y_stride) {
  for (int r = 0; r < rows; r++) {
    const float* from = x + x_offset + r * x_stride; /* x[r, :] */
    float* to = y + y_offset + r * y_stride;         /* y[r, :] */
    float mean = total(from, width, 0.0f, 0) / (float)width;
    float variance = total(from, width, mean, 1) / (float)width;
    vf scale = vf_all(1.0f / sqrtf(variance + eps));
    vf centre = vf_all(mean);
    int i = 0;
    for (; i + LANES <= width; i += LANES) {
      vf v = vf_mul(vf_sub(vf_load(from + i), centre), scale);
      vf_store(to + i, vf_fma(v, vf_load(gamma + i), vf_load(beta + i)));
    }
    if (i < width) {
      int n = width - i;
      vf v = vf_mul(vf_sub(vf_load_part(from + i, n), centre), scale);
      vf_store_part(to + i, vf_fma(v, vf_load_part(gamma + i, n), vf_load_part(beta + i, n)), n);
    }
  }
}
