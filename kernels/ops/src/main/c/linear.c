/* y = W x + b over rows; contract in LinearKernel.java. */
#include "panels.h"

/* Outputs of one group: it stays in the second cache while all rows use it. */
#define GROUP 64

EXPORT void PATH(linear)(const float* values, const float* bias, int out, int in, const float* x,
                         int64_t x_offset, int64_t x_stride, int rows, float* y, int64_t y_offset,
                         int64_t y_stride) {
  panels_t w = {values, bias, in};
  x += x_offset; /* x[0, :] */
  y += y_offset; /* y[0, :] */
  if (rows < 3) {
    product(&w, 0, out, x, x_stride, rows, y, y_stride);
    return;
  }
  for (int o = 0; o < out; o += GROUP) {
    int limit = o + GROUP < out ? o + GROUP : out;
    product(&w, o, limit, x, x_stride, rows, y + o, y_stride);
  }
}
