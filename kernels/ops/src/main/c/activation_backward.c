/* Gradients of the activation functions over rows; contract in ActivationBackwardKernel.java. */
#include "elementary.h"

INLINE vf slope_erf(vf x) {
  vf half = vf_mul(vf_mul(x, x), vf_all(-0.5f));
  vf density = vf_mul(vf_exp(half), vf_all(0.3989422804014327f));
  return vf_fma(x, density, vf_normal(x));
}

INLINE vf slope_tanh(vf x) {
  vf linear = vf_all((float)(2 * 0.7978845608028654));
  vf cubic = vf_all((float)(2 * 0.7978845608028654 * 0.044715));
  vf square = vf_mul(x, x);
  vf u = vf_mul(x, vf_fma(square, cubic, linear));
  vf s = vf_div(vf_all(1.0f), vf_add(vf_exp(vf_flip_sign(u)), vf_all(1.0f)));
  vf inner = vf_fma(vf_mul(square, cubic), vf_all(3.0f), linear);
  vf steep = vf_mul(vf_mul(s, vf_sub(vf_all(1.0f), s)), inner);
  return vf_fma(x, steep, s);
}

#define OVER_ROWS(slope)                                                            \
  for (int r = 0; r < rows; r++) {                                                  \
    const float* from = x + x_offset + r * x_stride; /* x[r, :] */                  \
    float* to = dy + dy_offset + r * dy_stride;      /* dy[r, :] */                 \
    for (int i = 0; i < width; i += LANES) {                                        \
      int n = width - i < LANES ? width - i : LANES;                                \
      vf d = vf_mul(vf_load_part(to + i, n), slope(vf_load_part(from + i, n)));     \
      vf_store_part(to + i, d, n);                                                  \
    }                                                                               \
  }

EXPORT void PATH(gelu_erf_backward)(const float* x, int64_t x_offset, int64_t x_stride, float* dy,
                                    int64_t dy_offset, int64_t dy_stride, int rows, int width) {
  OVER_ROWS(slope_erf)
}

EXPORT void PATH(gelu_tanh_backward)(const float* x, int64_t x_offset, int64_t x_stride, float* dy,
                                     int64_t dy_offset, int64_t dy_stride, int rows, int width) {
  OVER_ROWS(slope_tanh)
}
