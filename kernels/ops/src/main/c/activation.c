/* Activation functions over rows, in place; contract in ActivationKernel.java. */
#include "elementary.h"

#define OVER_ROWS(function)                                          \
  for (int r = 0; r < rows; r++) {                                   \
    float* row = x + offset + r * stride; /* x[r, :] */              \
    int i = 0;                                                       \
    for (; i + LANES <= width; i += LANES) {                         \
      vf_store(row + i, function(vf_load(row + i)));                 \
    }                                                                \
    if (i < width) {                                                 \
      int n = width - i;                                             \
      vf_store_part(row + i, function(vf_load_part(row + i, n)), n); \
    }                                                                \
  }

EXPORT void PATH(gelu_erf)(float* x, int64_t offset, int64_t stride, int rows, int width) {
  OVER_ROWS(vf_gelu_erf)
}

EXPORT void PATH(gelu_tanh)(float* x, int64_t offset, int64_t stride, int rows, int width) {
  OVER_ROWS(vf_gelu_tanh)
}
