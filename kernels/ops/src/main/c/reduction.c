/* Sums over tensors; contract in ReductionKernel.java. */
#include "lanes.h"

#define CHUNK 1024

EXPORT void PATH(reduction_add)(const float* from, int64_t from_offset, int64_t from_stride,
                                float* to, int64_t to_offset, int64_t to_stride, int rows,
                                int64_t width) {
  for (int r = 0; r < rows; r++) {
    const float* x = from + from_offset + r * from_stride;
    float* y = to + to_offset + r * to_stride;
    int64_t i = 0;
    for (; i + LANES <= width; i += LANES) vf_store(y + i, vf_add(vf_load(y + i), vf_load(x + i)));
    if (i < width) {
      int n = (int)(width - i);
      vf_store_part(y + i, vf_add(vf_load_part(y + i, n), vf_load_part(x + i, n)), n);
    }
  }
}

EXPORT void PATH(reduction_columns)(const float* from, int64_t offset, int64_t stride, int rows,
                                    int width, float* to, int64_t to_offset) {
  to += to_offset;
  for (int i = 0; i < width; i += LANES) {
    int n = width - i < LANES ? width - i : LANES;
    vf acc = vf_load_part(to + i, n);
    for (int r = 0; r < rows; r++) acc = vf_add(acc, vf_load_part(from + offset + r * stride + i, n));
    vf_store_part(to + i, acc, n);
  }
}

EXPORT double PATH(reduction_squares)(const float* x, int64_t offset, int64_t count) {
  double sum = 0;
  for (int64_t chunk = 0; chunk < count; chunk += CHUNK) {
    const float* from = x + offset + chunk;
    int width = count - chunk < CHUNK ? (int)(count - chunk) : CHUNK;
    vf acc[SHARES];
    for (int s = 0; s < SHARES; s++) acc[s] = vf_all(0.0f);
    for (int i = 0; i < width; i += STRIPES) {
      for (int s = 0; s < SHARES && i + s * LANES < width; s++) {
        int at = i + s * LANES;
        int n = width - at < LANES ? width - at : LANES;
        vf v = vf_load_part(from + at, n);
        if (n < LANES) v = vf_keep(v, n);
        acc[s] = vf_fma(v, v, acc[s]);
      }
    }
    sum += fold(acc);
  }
  return sum;
}
