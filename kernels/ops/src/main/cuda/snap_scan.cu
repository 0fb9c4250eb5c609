/* The first half of the snap: layer normalisation, scores on tensor cores, and the codes that may
 * be among the best of a row. No score leaves the registers unless it beats its row's cut.
 *
 * A block meets 8 to 64 rows with a range of the codes of one site. It keeps, for each row, the
 * codes whose score is not more than twice the error bound below the n-th best so far; the n-th best
 * of a part is no better than the n-th best of all, so nothing that counts is lost, and any block's
 * cut holds for every block. Where a row has bans, n counts the codes that are not banned, and the
 * k best of all codes are kept beside them, because natural ids know no bans.
 *
 * The bound is that of ErrorBound.java, its term for the sums taken four times: a tensor core adds
 * the products of a step to the accumulator after aligning them to the largest, and cuts what falls
 * off. With steps of n >= 4 terms and at least 24 bits kept, each is off by at most (n + 2) 2^-23
 * times the largest, d/n of them by 3 d 2^-24 |u||c|, where the processor's bound has 2 d.
 */
#include "fragments.cuh"
#include "layernorm.cuh"
#include "snap.cuh"

/* Candidates of a row within a block: half as many stay after a look, so that the other half is for
 * what comes in before the next. A look is for rows that have more than three eighths. Sixty-four
 * rows have half the room, so that a second block fits beside the first. */
#define ROOM_OF(rows) ((rows) < 64 ? 256 : 128)

typedef struct {
  float cut;   /* a code with a lower score need not be kept; +infinity: none */
  int count;   /* candidates, or more where there was no room */
  int kept;    /* of them, looked at already */
  int depth;   /* best codes wanted that are not banned */
  float slack; /* twice the bound */
  int complete;
  int unused[2];
} row_t;

/* The bound of one row, or -1 where the scan cannot be trusted: ErrorBound.of with the sums of a
 * tensor core. */
DEVICE double error_bound(int euclidean, int width, double row_norm, double row_rest,
                          double max_norm, double code_rest) {
  if (!(row_norm <= 1e18 && max_norm <= 1e18 && width <= 100000)) return -1.0;
  const double largest = euclidean ? max_norm : 1.0;
  const double padded = width + 32.0;
  const double rounding = row_norm * code_rest + row_rest * (largest + code_rest);
  const double tiny = 0x1p-126 * (4 * padded + 8 + (row_norm + largest + 1) * sqrt(padded));
  const double sums = 8 * padded * 0x1p-24 * (row_norm + row_rest) * (largest + code_rest);
  double bound = rounding + sums;
  if (euclidean) {
    bound += 8 * padded * 0x1p-24 * max_norm * max_norm / 2 +
             padded * 0x1p-53 * (row_norm + max_norm) * (row_norm + max_norm);
  } else {
    bound += row_norm * (2 * padded + 8) * 0x1p-53;
  }
  return 1.01 * bound + tiny;
}

/* The largest key that at least n of the warp's keys reach; 0 counts as none. */
template <int ROOM>
DEVICE unsigned nth_key(const unsigned (&keys)[ROOM / 32], int n) {
  unsigned found = 0;
  for (int bit = 31; bit >= 0; bit--) {
    const unsigned tried = found | 1u << bit;
    unsigned reached = 0;
    for (int j = 0; j < ROOM / 32; j++) reached += keys[j] >= tried;
    if (add_lanes(reached) >= (unsigned)n) found = tried;
  }
  return found;
}

/* 2E below the n-th best, rounded down; -infinity while fewer than n are known. */
DEVICE float cut_of(unsigned key, float slack) {
  return key == 0 ? MINUS_INFINITY
                  : __double2float_rd((double)unordered(key) - (double)slack);
}

/* One warp looks at the candidates of one row: raises the cut and lets go of what lies below. */
template <int ROOM>
DEVICE void look(row_t* row, float* approximate, unsigned* ids, const steering_t* steering, int k) {
  const int lane = threadIdx.x % 32;
  const int count = row->count;
  const int kept = row->kept;
  if (count == kept) return;
  if (count > ROOM) {
    __syncwarp();
    if (lane == 0) {
      row->complete = 0;
      row->cut = PLUS_INFINITY;
      row->count = 0;
      row->kept = 0;
    }
    __syncwarp();
    return;
  }
  unsigned all[ROOM / 32];
  unsigned allowed[ROOM / 32];
  unsigned id[ROOM / 32];
  for (int j = 0; j < ROOM / 32; j++) {
    const int at = j * 32 + lane;
    all[j] = at < count ? ordered(approximate[at]) : 0;
    id[j] = at < count ? ids[at] : 0;
    if (at < count && at >= kept && is_banned(steering, (int)id[j])) id[j] |= BANNED;
    allowed[j] = id[j] & BANNED ? 0 : all[j];
  }
  const float slack = row->slack;
  float cut = cut_of(nth_key<ROOM>(allowed, row->depth), slack);
  float natural = cut;
  if (steering->bans_count > 0) {
    natural = cut_of(nth_key<ROOM>(all, k), slack);
    if (natural < cut) cut = natural;
  }
  int left = 0;
  for (int j = 0; j < ROOM / 32; j++) {
    const float score = unordered(all[j]);
    const bool keep = all[j] != 0 && score >= (id[j] & BANNED ? natural : cut);
    const unsigned kept_lanes = __ballot_sync(EVERY_LANE, keep);
    /* Places move down only, and every lane holds what it had read. */
    if (keep) {
      const int to = left + __popc(kept_lanes & ((1u << lane) - 1));
      approximate[to] = score;
      ids[to] = id[j];
    }
    left += __popc(kept_lanes);
  }
  __syncwarp();
  if (lane == 0) {
    const bool fits = left <= ROOM / 2;
    row->complete = fits;
    row->cut = fits ? cut : PLUS_INFINITY;
    row->count = fits ? left : 0;
    row->kept = row->count;
  }
  __syncwarp();
}

/* Rows of the block: normalised, rounded to bf16 for the scan, and how far that may mislead it. */
template <int NR>
DEVICE void begin_rows(unsigned char* shared_rows, row_t* states, int first, int rows,
                       const float* x, int x_stride, const float* gamma, const float* beta,
                       float eps, const double* stats, int width, int k, int euclidean,
                       int site, const int* steer_at, const int* words, float* normed,
                       int64_t normed_stride, float* slack_out, int sites_here, head_t* heads) {
  const int stripe = threadIdx.x % 16;
  const int chunks = chunks_of(width);
  for (int r = threadIdx.x / 16; r < NR; r += 16) {
    const int row = first + r;
    const int used = row < rows ? row : rows - 1;
    const float* const in = x + (int64_t)used * x_stride;
    const moments_t moments = moments_of<4>(in, width, stripe, eps);
    double squares = 0;
    double rests = 0;
    for (int i = stripe; i < chunks * 32; i += 16) {
      const float u = i < width ? normalised(in[i], moments, gamma[i], beta[i]) : 0.0f;
      const uint32_t half = pair_of(u, 0.0f) & 0xffffu;
      const double rest = (double)u - (double)from_bf16(half);
      squares += (double)u * (double)u;
      rests += rest * rest;
      /* [chunk][row][32], so that no two lanes of a quarter warp fetch from the same bank. */
      ((uint16_t*)shared_rows)[(i / 32 * NR + r) * 32 + i % 32] = (uint16_t)half;
      if (blockIdx.x == 0 && row < rows && i < width) normed[row * normed_stride + i] = u;
    }
    squares = fold_stripes(squares);
    rests = fold_stripes(rests);
    if (stripe != 0) continue;
    const steering_t steering = steering_of(steer_at, words, used, site);
    const double bound =
        error_bound(euclidean, width, sqrt(squares), sqrt(rests), stats[0], stats[1]);
    row_t state = {MINUS_INFINITY, 0, 0, k + steering.disable_top, 0, 1, {0, 0}};
    state.slack = __double2float_ru(2 * bound);
    if (!(bound >= 0) || state.depth > DEEPEST || row >= rows) {
      state.complete = row >= rows;
      state.cut = PLUS_INFINITY;
    }
    states[r] = state;
    if (blockIdx.x == 0 && row < rows) {
      slack_out[(int64_t)row * sites_here] = state.slack;
      if (!state.complete) atomicAdd(&heads[(int64_t)row * sites_here].count, INCOMPLETE);
    }
  }
}

/* One or two tiles of sixteen codes against the rows; who beats a cut is written down. Two share
 * what is fetched of the rows. */
template <int TILES, int PAIR>
DEVICE void score_tiles(const uint4* fragments, const float* start, int first, int limit,
                        int chunks, int codes, const unsigned char* shared_rows, row_t* states,
                        float* approximate, unsigned* ids) {
  constexpr int ROOM = ROOM_OF(TILES * 8);
  const int lane = threadIdx.x % 32;
  const int group = lane / 4;
  const int pair = lane % 4;
  float acc[PAIR][TILES][4];
  const uint4* weights[PAIR];
  for (int m = 0; m < PAIR; m++) {
    /* The second of an odd number: the first once more, and nobody looks. */
    const int tile = first + m < limit ? first + m : first;
    const float upper = start[tile * 16 + group];
    const float lower = start[tile * 16 + group + 8];
    weights[m] = fragments + (int64_t)tile * chunks * 64 + lane;
    for (int n = 0; n < TILES; n++) {
      acc[m][n][0] = upper;
      acc[m][n][1] = upper;
      acc[m][n][2] = lower;
      acc[m][n][3] = lower;
    }
  }
  const uint4* const rows = (const uint4*)shared_rows;
#pragma unroll 2
  for (int chunk = 0; chunk < chunks; chunk++) {
    uint4 low[PAIR];
    uint4 high[PAIR];
    for (int m = 0; m < PAIR; m++) {
      low[m] = weights[m][chunk * 64];
      high[m] = weights[m][chunk * 64 + 32];
    }
    for (int n = 0; n < TILES; n++) {
      const uint4 eight = rows[(chunk * TILES * 8 + n * 8 + group) * 4 + pair];
      for (int m = 0; m < PAIR; m++) mma_chunk(acc[m][n], low[m], high[m], eight);
    }
  }
  for (int n = 0; n < TILES; n++) {
    const float cut0 = states[n * 8 + pair * 2].cut;
    const float cut1 = states[n * 8 + pair * 2 + 1].cut;
    for (int m = 0; m < PAIR && first + m < limit; m++) {
      const float* const score = acc[m][n];
      if (!(score[0] >= cut0 || score[1] >= cut1 || score[2] >= cut0 || score[3] >= cut1)) continue;
      for (int e = 0; e < 4; e++) {
        const int r = n * 8 + pair * 2 + e % 2;
        const int id = (first + m) * 16 + group + e / 2 * 8;
        if (score[e] >= (e % 2 ? cut1 : cut0) && id < codes) {
          const int at = atomicAdd(&states[r].count, 1);
          if (at < ROOM) {
            approximate[r * ROOM + at] = score[e];
            ids[r * ROOM + at] = (unsigned)id;
          }
        }
      }
    }
  }
}

/* What is left of a row goes to the candidates of all blocks. */
DEVICE void publish(const row_t* row, const float* approximate, const unsigned* ids, head_t* head,
                    entry_t* entries) {
  const int lane = threadIdx.x % 32;
  if (!row->complete) {
    if (lane == 0) atomicAdd(&head->count, INCOMPLETE);
    return;
  }
  unsigned best = ordered(row->cut);
  if (lane == 0) {
    const unsigned before = atomicMax(&head->cut, best);
    best = before > best ? before : best;
  }
  const float cut = unordered(__shfl_sync(EVERY_LANE, best, 0));
  for (int base = 0; base < row->count; base += 32) {
    const int at = base + lane;
    const bool keep = at < row->count && approximate[at] >= cut;
    const unsigned kept_lanes = __ballot_sync(EVERY_LANE, keep);
    unsigned to = 0;
    if (lane == 0 && kept_lanes) to = atomicAdd(&head->count, (unsigned)__popc(kept_lanes));
    /* Counter and marks share a word. */
    to = (__shfl_sync(EVERY_LANE, to, 0) & 0xffffu) + __popc(kept_lanes & ((1u << lane) - 1));
    if (keep && to < ENTRIES) {
      entries[to].approximate = approximate[at];
      entries[to].id = ids[at];
    }
  }
}

template <int TILES>
DEVICE void scan(unsigned char* shared, const float* x, int x_stride, int first_column,
                 const float* gamma, const float* beta, const float* eps, const uint4* fragments,
                 const float* start, const double* stats, int codes, int width, int k,
                 int euclidean, int site0, const int* steer_at, const int* words, float* normed,
                 float* slack, head_t* heads, entry_t* entries, int rows) {
  constexpr int NR = TILES * 8;
  constexpr int ROOM = ROOM_OF(NR);
  const int first = blockIdx.z * NR;
  if (first >= rows) return;
  const int book = blockIdx.y;
  const int sites_here = gridDim.y;
  const int site = site0 + book;
  const int chunks = chunks_of(width);
  const int warp = threadIdx.x / 32;
  unsigned char* const shared_rows = shared;
  row_t* const states = (row_t*)(shared + NR * chunks * 64);
  float* const approximate = (float*)(states + NR);
  unsigned* const ids = (unsigned*)(approximate + NR * ROOM);
  begin_rows<NR>(shared_rows, states, first, rows, x + first_column + book * width, x_stride,
                 gamma + book * width, beta + book * width, eps[book], stats + 2 * book, width, k,
                 euclidean, site, steer_at, words, normed + book * width,
                 (int64_t)sites_here * width, slack + book, sites_here, heads + book);
  const int tiles = ceil_div(codes, 16);
  const int share = ceil_div(tiles, gridDim.x);
  const int from = blockIdx.x * share;
  const int limit = from + share < tiles ? from + share : tiles;
  const uint4* const own = fragments + (int64_t)book * tiles * chunks * 64;
  const float* const own_start = start + book * tiles * 16;
  __syncthreads();
  /* At first a tile for each warp, then as many as there were so far: so about n more of them come
   * in. */
  int step = 8;
  for (int done = from; done < limit;) {
    const int end = done + step < limit ? done + step : limit;
    if (step == 8) {
      if (done + warp < end) {
        score_tiles<TILES, 1>(own, own_start, done + warp, end, chunks, codes, shared_rows, states,
                              approximate, ids);
      }
    } else {
      for (int tile = done + warp * 2; tile < end; tile += 16) {
        score_tiles<TILES, 2>(own, own_start, tile, end, chunks, codes, shared_rows, states,
                              approximate, ids);
      }
    }
    __syncthreads();
    for (int r = warp; r < NR && first + r < rows; r += 8) {
      if (states[r].count <= ROOM * 3 / 8 && end < limit) continue;
      const steering_t steering = steering_of(steer_at, words, first + r, site);
      look<ROOM>(&states[r], approximate + r * ROOM, ids + r * ROOM, &steering, k);
    }
    __syncthreads();
    done = end;
    step = done - from < 32 ? done - from : 32;
  }
  for (int r = warp; r < NR && first + r < rows; r += 8) {
    const int64_t at = (int64_t)(first + r) * sites_here + book;
    publish(&states[r], approximate + r * ROOM, ids + r * ROOM, heads + at,
            entries + at * ENTRIES);
  }
}

#define SCAN(name, tiles)                                                                         \
  KERNEL THREADS_TWICE(256)                                                                       \
  name(const float* x, int x_stride, int first_column, const float* gamma, const float* beta,     \
       const float* eps, const uint4* fragments, const float* start, const double* stats,         \
       int codes, int width, int k, int euclidean, int site0, const int* steer_at,                \
       const int* words, float* normed, float* slack, head_t* heads, entry_t* entries,            \
       const int* count) {                                                                        \
    DYNAMIC_SHARED(shared);                                                                       \
    scan<tiles>(shared, x, x_stride, first_column, gamma, beta, eps, fragments, start, stats,     \
                codes, width, k, euclidean, site0, steer_at, words, normed, slack, heads,         \
                entries, *count);                                                                 \
  }

SCAN(steerage_snap_scan_n8, 1)
SCAN(steerage_snap_scan_n16, 2)
SCAN(steerage_snap_scan_n32, 4)
SCAN(steerage_snap_scan_n64, 8)
