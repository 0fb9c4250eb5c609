/* y = W x + b over rows, outputs [first, limit); contract in LinearKernel.java.
 *
 * Panels in registers, except for bf16 weights where there are tiles: then x goes in as its bf16
 * and the rest of it, so that sixteen of its bits count.
 */
#include "panels.h"
#if defined(STEERAGE_TILES)
#include "tiles.h"
#endif

/* Bytes of the weights of one group: it stays in the second cache while all rows use it. */
#define GROUP_BYTES (256 * 1024)

INLINE void linear(const int KIND, const panels_t* w, int first, int limit, rows_t x, int rows,
                   float* y, int64_t y_stride) {
  int panel_bytes = depth(KIND, w->in) * PANEL * 4;
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
                         int64_t y_offset, int64_t y_stride, void* scratch) {
  (void)scratch;
  panels_t w = {values, bias, in};
  rows_t from = {x + x_offset, x_stride}; /* x[0, :] */
  linear(FLOATS, &w, first, limit, from, rows, y + y_offset, y_stride);
}

#if defined(STEERAGE_TILES)
/* Rows that are turned into bf16 at a time. */
#define FLIGHT 64

/* Up to 64 rows: four panels at a time meet all of them. */
static void linear_tiles(const panels_t* w, int first, int limit, const float* x, int64_t x_stride,
                         int rows, float* y, int64_t y_stride, uint16_t* pairs) {
  const int64_t width = 2 * padded_pairs(w->in);
  const int tall = rows < TILE_ROWS ? rows : TILE_ROWS;
  const int padded = (rows + tall - 1) / tall * tall;
  uint16_t* rests = pairs + padded * width;
  tile_rows(x, x_stride, rows, padded, w->in, pairs);
  tile_rests(x, x_stride, rows, padded, w->in, rests);
  const tiles_t shape = tiles_of(tall);
  tiles_configure(&shape);
  float sums[TILE_ROWS * 4 * PANEL] __attribute__((aligned(64)));
  for (int o = first; o < limit; o += 4 * PANEL) {
    int end = o + 4 * PANEL < limit ? o + 4 * PANEL : limit;
    for (int r = 0; r < rows; r += tall) {
      tile_product(w, o, end, pairs + r * width, rests + r * width, sums, 4 * PANEL);
      for (int i = r; i < rows && i < r + tall; i++) {
        memcpy(y + i * y_stride + o, sums + (i - r) * 4 * PANEL, (size_t)(end - o) * sizeof(float));
      }
    }
  }
  tiles_release();
}
#endif

/* scratch: for tiles, 64 times 2 x in bf16, in rounded up to 32. */
EXPORT void PATH(linear_bf16)(const void* values, const float* bias, int in, int first, int limit,
                              const float* x, int64_t x_offset, int64_t x_stride, int rows,
                              float* y, int64_t y_offset, int64_t y_stride, void* scratch) {
  panels_t w = {values, bias, in};
#if defined(STEERAGE_TILES)
  for (int r = 0; r < rows; r += FLIGHT) {
    linear_tiles(&w, first, limit, x + x_offset + r * x_stride, x_stride,
                 rows - r < FLIGHT ? rows - r : FLIGHT, y + y_offset + r * y_stride, y_stride,
                 scratch);
  }
#else
  (void)scratch;
  rows_t from = {x + x_offset, x_stride}; /* x[0, :] */
  linear(PAIRS, &w, first, limit, from, rows, y + y_offset, y_stride);
#endif
}
