/* The snap's scan: a float32 pass nominates, the canonical score decides; contract in
 * SnapKernel.java, the candidate rule in Candidates.java and ErrorBound.java.
 *
 * Reads every code once per 64 rows from memory and once per six rows from the second cache; the
 * scores of 128 codes by six rows pass through a tile in the first cache, never through memory.
 */
#include "panels.h"

#define TILE 128
#define FLIGHT 64

typedef struct {
  const float* raw;    /* [codes, width] */
  const double* norms; /* [codes], used for the inner product */
  int width;
  int euclidean;
} book_t;

typedef struct {
  const float* x; /* [width] */
  float* approximate;
  int32_t* ids;
  double slack; /* twice the error bound */
  float cut;
  int depth;
  int room;
  int count;
} row_t;

typedef struct {
  double* canonical;
  float* selection;
} shared_t;

/* Candidates scored side by side: one sum is one chain of additions, and four chains take hardly
 * longer than one. */
#define ABREAST 4

/* Sums run in index order; products of floats are exact in double, squares are rounded first. */
static void canonical_scores(const book_t* book, const float* x, const int32_t* ids, int count,
                             double* scores) {
  for (int first = 0; first < count; first += ABREAST) {
    const float* c[ABREAST];
    double sum[ABREAST];
    for (int j = 0; j < ABREAST; j++) {
      int at = first + j < count ? first + j : count - 1;
      c[j] = book->raw + (int64_t)ids[at] * book->width;
      sum[j] = 0;
    }
    if (book->euclidean) {
      for (int i = 0; i < book->width; i++) {
        for (int j = 0; j < ABREAST; j++) {
          double difference = (double)x[i] - (double)c[j][i];
          double square = difference * difference;
          sum[j] += square;
        }
      }
    } else {
      for (int i = 0; i < book->width; i++) {
        for (int j = 0; j < ABREAST; j++) sum[j] += (double)x[i] * (double)c[j][i];
      }
    }
    for (int j = 0; j < ABREAST && first + j < count; j++) {
      double norm = book->euclidean ? -1.0 : book->norms[ids[first + j]];
      double score = sum[j] / norm;
      int ranked = score == score && (book->euclidean || (norm > 0 && norm < INFINITY));
      scores[first + j] = ranked ? score + 0.0 : -INFINITY;
    }
  }
}

/* The n-th largest value, n from 1; reorders values. */
static float nth_largest(float* values, int count, int n) {
  int low = 0;
  int high = count - 1;
  while (low < high) {
    float pivot = values[low + (high - low) / 2];
    int i = low;
    int j = high;
    while (i <= j) {
      while (values[i] > pivot) i++;
      while (values[j] < pivot) j--;
      if (i <= j) {
        float swap = values[i];
        values[i++] = values[j];
        values[j--] = swap;
      }
    }
    if (n - 1 <= j) {
      high = j;
    } else if (n - 1 >= i) {
      low = i;
    } else {
      break;
    }
  }
  return values[n - 1];
}

/* Raises the cut to 2E below the n-th best and lets go of what lies below. */
static void drop(row_t* row, shared_t* shared) {
  if (row->count <= row->depth) return;
  memcpy(shared->selection, row->approximate, (size_t)row->count * sizeof(float));
  double edge = nth_largest(shared->selection, row->count, row->depth) - row->slack;
  row->cut = nextafterf((float)edge, -INFINITY);
  int kept = 0;
  for (int i = 0; i < row->count; i++) {
    if (row->approximate[i] >= row->cut) {
      row->approximate[kept] = row->approximate[i];
      row->ids[kept++] = row->ids[i];
    }
  }
  row->count = kept;
}

static int before(const row_t* row, const double* score, int a, int b) {
  return score[a] > score[b] || (score[a] == score[b] && row->ids[a] < row->ids[b]);
}

static void swap(row_t* row, double* score, int a, int b) {
  double s = score[a];
  score[a] = score[b];
  score[b] = s;
  float f = row->approximate[a];
  row->approximate[a] = row->approximate[b];
  row->approximate[b] = f;
  int32_t id = row->ids[a];
  row->ids[a] = row->ids[b];
  row->ids[b] = id;
}

static void sink(row_t* row, double* score, int parent, int end) {
  while (2 * parent + 1 < end) {
    int child = 2 * parent + 1;
    if (child + 1 < end && before(row, score, child, child + 1)) child++;
    if (!before(row, score, parent, child)) return;
    swap(row, score, parent, child);
    parent = child;
  }
}

/* Puts the candidates into canonical order. */
static void rank(const book_t* book, row_t* row, shared_t* shared) {
  double* score = shared->canonical;
  canonical_scores(book, row->x, row->ids, row->count, score);
  if (row->count <= 64) {
    for (int i = 1; i < row->count; i++) {
      for (int at = i; at > 0 && before(row, score, at, at - 1); at--) {
        swap(row, score, at, at - 1);
      }
    }
    return;
  }
  for (int i = row->count / 2 - 1; i >= 0; i--) sink(row, score, i, row->count);
  for (int end = row->count - 1; end > 0; end--) {
    swap(row, score, 0, end);
    sink(row, score, 0, end);
  }
}

static void offer(const book_t* book, row_t* row, shared_t* shared, int id, float score) {
  row->approximate[row->count] = score;
  row->ids[row->count++] = id;
  if (row->count < row->room) return;
  drop(row, shared);
  if (row->count > row->room - row->room / 4) {
    rank(book, row, shared);
    row->count = row->depth;
  }
}

/* Offers every code of the tile that is not below the row's cut. */
INLINE void nominate(const book_t* book, row_t* row, shared_t* shared, const float* tile, int first,
                     int limit, int codes) {
  vf cut = vf_all(row->cut);
  for (int o = first; o < limit; o += LANES) {
    uint32_t hits = vf_at_least(vf_load(tile + (o - first)), cut);
    if (hits == 0) continue;
    for (; hits != 0; hits &= hits - 1) {
      int id = o + __builtin_ctz(hits);
      float score = tile[id - first];
      if (id < codes && score >= row->cut) offer(book, row, shared, id, score);
    }
    cut = vf_all(row->cut);
  }
}

/* rows <= 64; depth[r] = 0 leaves a row out. scratch holds, for n = the largest depth and
 * room = 2n + 32: room doubles, room floats, then rows times room floats and room ints. */
EXPORT void PATH(snap)(const float* values, const float* bias, const float* raw,
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
  shared_t shared = {scratch, (float*)((double*)scratch + room)};
  float* free_room = shared.selection + room;
  for (int r = 0; r < rows; r++) {
    row_t fresh = {x + x_offset + r * x_stride, free_room, (int32_t*)free_room + room,
                   2 * bound[r], -INFINITY, depth[r], 2 * depth[r] + 32, 0};
    row[r] = fresh;
    free_room += 2 * (int64_t)room;
  }
  const int padded = (codes + PANEL - 1) / PANEL * PANEL;
  float tile[ROW_BLOCK * TILE] __attribute__((aligned(64)));
  for (int o = 0; o < padded; o += TILE) {
    int limit = o + TILE < padded ? o + TILE : padded;
    for (int r = 0; r < rows; r += ROW_BLOCK) {
      int few = rows - r < ROW_BLOCK ? rows - r : ROW_BLOCK;
      product(&panels, o, limit, row[r].x, x_stride, few, tile, TILE);
      for (int i = 0; i < few; i++) {
        if (row[r + i].depth > 0) {
          nominate(&book, &row[r + i], &shared, tile + i * TILE, o, limit, codes);
        }
      }
    }
  }
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
