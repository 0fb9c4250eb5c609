/* y = W x + b over rows, outputs [first, limit); contract in LinearKernel.java. */
#include "panels.h"

/* Bytes of the weights of one group: it stays in the second cache while all rows use it. */
#define GROUP_BYTES (256 * 1024)

INLINE void linear(const int KIND, const panels_t* w, int first, int limit, rows_t x, int rows,
                   float* y, int64_t y_stride) {
  int panel_bytes = steps(KIND, w->in) * PANEL * 4;
  int group = GROUP_BYTES / (panel_bytes + 1) * PANEL;
  if (group < 48) group = 48;
  if (rows <= ROW_BLOCK) group = limit - first;
  for (int o = first; o < limit; o += group) {
    int end = o + group < limit ? o + group : limit;
    product(KIND, w, o, end, x, rows, y + o, y_stride);
  }
}

EXPORT void PATH(linear)(const void* values, const float* bias, int in, int first, int limit,
                         const float* x, int64_t x_offset, int64_t x_stride, int rows, float* y,
                         int64_t y_offset, int64_t y_stride) {
  panels_t w = {values, bias, in};
  rows_t from = {x + x_offset, x_stride}; /* x[0, :] */
  linear(FLOATS, &w, first, limit, from, rows, y + y_offset, y_stride);
}

EXPORT void PATH(linear_bf16)(const void* values, const float* bias, int in, int first, int limit,
                              const float* x, int64_t x_offset, int64_t x_stride, int rows,
                              float* y, int64_t y_offset, int64_t y_stride) {
  panels_t w = {values, bias, in};
  rows_t from = {x + x_offset, x_stride}; /* x[0, :] */
  linear(PAIRS, &w, first, limit, from, rows, y + y_offset, y_stride);
}
