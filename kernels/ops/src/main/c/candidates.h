/* The codes of one row that may still be among its best while a scan runs; the rule and its proof
 * are in Candidates.java and ErrorBound.java.
 *
 * With n = depth and E the error bound: once n codes are known, none whose approximate score lies
 * more than 2E below the n-th best can be among the canonical best n. Everything else is kept, in
 * room for 2n + 32. When that is full, what fell behind leaves; if ties keep it full, the canonical
 * scores decide at once.
 */
#ifndef STEERAGE_CANDIDATES_H
#define STEERAGE_CANDIDATES_H

#include "lanes.h"

/* Up to this depth the n-th best score is known at every moment, so that few codes get in; deeper
 * rows learn it when their room is full. */
#define EAGER 32

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
  float best[EAGER]; /* the best `depth` approximate scores so far, ascending */
} row_t;

typedef struct {
  double* canonical;
  float* selection;
} shared_t;

/* Candidates scored side by side: one sum is one chain of additions, and eight chains take hardly
 * longer than one. */
#define ABREAST 8

/* a * b is exact in double, so fusing it changes nothing; without the instruction it would call. */
#if defined(__FMA__) || defined(__aarch64__)
#define ADD_PRODUCT(sum, a, b) __builtin_fma(a, b, sum)
#else
#define ADD_PRODUCT(sum, a, b) ((sum) + (a) * (b))
#endif

INLINE void sums(const int N, const book_t* book, const float* x, const int32_t* ids, int count,
                 double* sum) {
  const float* c[ABREAST];
  double acc[ABREAST];
#pragma GCC unroll 8
  for (int j = 0; j < N; j++) {
    c[j] = book->raw + (int64_t)ids[j < count ? j : count - 1] * book->width;
    acc[j] = 0;
  }
  if (book->euclidean) {
    for (int i = 0; i < book->width; i++) {
#pragma GCC unroll 8
      for (int j = 0; j < N; j++) {
        double difference = (double)x[i] - (double)c[j][i];
        double square = difference * difference;
        acc[j] += square;
      }
    }
  } else {
    for (int i = 0; i < book->width; i++) {
#pragma GCC unroll 8
      for (int j = 0; j < N; j++) acc[j] = ADD_PRODUCT(acc[j], (double)x[i], (double)c[j][i]);
    }
  }
#pragma GCC unroll 8
  for (int j = 0; j < N; j++) sum[j] = acc[j];
}

/* Sums run in index order; products of floats are exact in double, squares are rounded first. */
static void canonical_scores(const book_t* book, const float* x, const int32_t* ids, int count,
                             double* scores) {
  for (int first = 0; first < count; first += ABREAST) {
    int few = count - first < ABREAST ? count - first : ABREAST;
    double sum[ABREAST];
    if (few > ABREAST / 2) {
      sums(ABREAST, book, x, ids + first, few, sum);
    } else {
      sums(ABREAST / 2, book, x, ids + first, few, sum);
    }
    for (int j = 0; j < few; j++) {
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

/* 2E below the n-th best, rounded down so that the float comparison never cuts what is kept. */
INLINE float cut_below(float nth, double slack) {
  double edge = nth - slack;
  float cut = (float)edge;
  return cut > edge ? nextafterf(cut, -INFINITY) : cut;
}

static void let_go(row_t* row) {
  int kept = 0;
  for (int i = 0; i < row->count; i++) {
    if (row->approximate[i] >= row->cut) {
      row->approximate[kept] = row->approximate[i];
      row->ids[kept++] = row->ids[i];
    }
  }
  row->count = kept;
}

/* Raises the cut where that was not done code by code, and lets go of what lies below. */
static void drop(row_t* row, shared_t* shared) {
  if (row->count <= row->depth) return;
  if (row->depth > EAGER) {
    memcpy(shared->selection, row->approximate, (size_t)row->count * sizeof(float));
    float nth = nth_largest(shared->selection, row->count, row->depth);
    row->cut = cut_below(nth, row->slack);
  }
  let_go(row);
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

/* Keeps `best` sorted; the cut follows its lowest. */
INLINE void remember(row_t* row, float score) {
  float* best = row->best;
  if (!(score > best[0])) return;
  int i = 0;
  for (; i + 1 < row->depth && best[i + 1] < score; i++) best[i] = best[i + 1];
  best[i] = score;
  row->cut = cut_below(best[0], row->slack);
}

static void offer(const book_t* book, row_t* row, shared_t* shared, int id, float score) {
  row->approximate[row->count] = score;
  row->ids[row->count++] = id;
  if (row->depth <= EAGER) remember(row, score);
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

#endif
