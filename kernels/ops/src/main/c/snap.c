/* The snap: a low-precision scan nominates, the canonical score decides; contract in
 * SnapKernel.java.
 *
 * Reads two bytes per code element once per 64 rows from memory, and once per block of rows from
 * the second cache; the scores of 128 codes by some rows pass through a tile in the first cache,
 * never through memory.
 */
#include "candidates.h"
#include "panels.h"
#if defined(STEERAGE_TILES)
#include "tiles.h"
#endif

#define TILE 192
#define FLIGHT 64

/* How one block of rows meets the codes: tiles, dot products of bf16, or widened bf16. */
#if defined(STEERAGE_TILES)
#define MOST_ROWS TILE_ROWS
#else
#define MOST_ROWS ROW_BLOCK
#endif

/* Rows of the next block. */
INLINE int block_rows(int left) {
#if defined(STEERAGE_TILES)
  return left < TILE_ROWS ? left : TILE_ROWS;
#else
  return next_rows(left);
#endif
}

/* Rows as the scan reads them: as they are, or rounded to pairs of bf16. */
INLINE rows_t prepare(const float* x, int64_t stride, int rows, int width, void* room) {
#if defined(STEERAGE_TILES)
  const int tall = rows < TILE_ROWS ? rows : TILE_ROWS;
  tile_rows(x, stride, rows, (rows + tall - 1) / tall * tall, width, room);
  const tiles_t shape = tiles_of(tall);
  tiles_configure(&shape);
  return (rows_t){room, padded_pairs(width)};
#else
  if (SCAN != DOTS) return (rows_t){x, stride};
  uint16_t* pairs = room;
  int padded = width + width % 2;
  for (int r = 0; r < rows; r++) {
    for (int i = 0; i < width; i++) pairs[r * padded + i] = to_bf16(x[r * stride + i]);
    if (padded > width) pairs[r * padded + width] = 0;
  }
  return (rows_t){room, padded / 2};
#endif
}

/* Scores of codes [first, limit) for the rows of one block, to tile[r, code - first]. */
INLINE void scores(const panels_t* panels, int first, int limit, rows_t x, int rows, float* tile) {
#if defined(STEERAGE_TILES)
  (void)rows;
  tile_product(panels, first, limit, x.at, 0, tile, TILE);
#else
  product(SCAN, panels, first, limit, x, rows, tile, TILE);
#endif
}

INLINE void finish(void) {
#if defined(STEERAGE_TILES)
  tiles_release();
#endif
}

/* rows <= 64; depth[r] = 0 leaves a row out. scratch holds 64 times the width, rounded
 * up to 32, in bf16, then, for n =
 * the largest depth and room = 2n + 32: room doubles, room floats, rows times room floats and room
 * ints; each part begins at a multiple of eight bytes. */
EXPORT void PATH(snap)(const void* values, const float* bias, const float* raw,
                       const double* norms, int codes, int width, int euclidean, const float* x,
                       int64_t x_offset, int64_t x_stride, int rows, const int32_t* depth,
                       const double* bound, int32_t* ids, int64_t ids_stride, void* scratch) {
  panels_t panels = {values, bias, width};
  book_t book = {raw, norms, width, euclidean};
  row_t row[FLIGHT];
  int most = 0;
  for (int r = 0; r < rows; r++) most = depth[r] > most ? depth[r] : most;
  if (most == 0) return;
  const int room = 2 * most + 32;
  double* canonical = (double*)((uint16_t*)scratch + FLIGHT * 2 * (int64_t)padded_pairs(width));
  shared_t shared = {canonical, (float*)(canonical + room)};
  float* free_room = shared.selection + room;
  for (int r = 0; r < rows; r++) {
    row_t* fresh = &row[r];
    fresh->x = x + x_offset + r * x_stride;
    fresh->approximate = free_room;
    fresh->ids = (int32_t*)free_room + room;
    fresh->slack = 2 * bound[r];
    fresh->cut = -INFINITY;
    fresh->depth = depth[r];
    fresh->room = 2 * depth[r] + 32;
    fresh->count = 0;
    for (int i = 0; i < EAGER; i++) fresh->best[i] = -INFINITY;
    free_room += 2 * (int64_t)room;
  }
  const rows_t from = prepare(x + x_offset, x_stride, rows, width, scratch);
  const int padded = (codes + PANEL - 1) / PANEL * PANEL;
  float tile[MOST_ROWS * TILE] __attribute__((aligned(64)));
  for (int o = 0; o < padded; o += TILE) {
    int limit = o + TILE < padded ? o + TILE : padded;
    for (int r = 0; r < rows;) {
      int few = block_rows(rows - r);
      rows_t block = {(const uint32_t*)from.at + r * from.stride, from.stride};
      scores(&panels, o, limit, block, few, tile);
      for (int i = 0; i < few; i++) {
        if (row[r + i].depth > 0) {
          nominate(&book, &row[r + i], &shared, tile + i * TILE, o, limit, codes);
        }
      }
      r += few;
    }
  }
  finish();
  for (int r = 0; r < rows; r++) {
    if (row[r].depth == 0) continue;
    drop(&row[r], &shared);
    if (row[r].count > 1) rank(&book, &row[r], &shared);
    memcpy(ids + r * ids_stride, row[r].ids, (size_t)row[r].depth * sizeof(int32_t));
  }
}

/* Mean of codes; ids of -1 add nothing. */
EXPORT void PATH(snap_mean)(const float* raw, int width, const int32_t* ids, int offset, int count,
                            int divisor, float* out, int64_t out_offset) {
  out += out_offset;
  vf by = vf_all((float)divisor);
  for (int i = 0; i < width; i += LANES) {
    int n = width - i < LANES ? width - i : LANES;
    vf acc = vf_all(0.0f);
    for (int slot = 0; slot < count; slot++) {
      int64_t id = ids[offset + slot];
      if (id >= 0) acc = vf_add(acc, vf_load_part(raw + id * width + i, n));
    }
    vf_store_part(out + i, vf_div(acc, by), n);
  }
}
