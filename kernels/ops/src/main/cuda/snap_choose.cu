/* The second half of the snap: the canonical score decides among the candidates, the interventions
 * of the row are applied, the mean of the codes in force replaces the activation.
 *
 * A block per row and site. Where the scan could not keep all candidates, or cannot be trusted, or
 * the row wants more codes than it keeps, every code gets its canonical score, sixty-four places at
 * a time: slow, and the same ids. */
#include "snap.cuh"

#define FINAL 256
#define PLACES 64
#define APPENDS 16
#define SLOTS 128

typedef struct {
  const float* codes; /* [count, width] */
  const double* norms;
  const float* u; /* the row, normalised */
  int count;
  int width;
  int euclidean;
} book_t;

/* CanonicalScore.java: sums in index order, one rounding per operation; the product of two floats
 * is exact in double. */
DEVICE double canonical(const book_t* book, int id) {
  const float* const code = book->codes + (int64_t)id * book->width;
  const double never = (double)MINUS_INFINITY;
  double sum = 0;
  double score;
  if (book->euclidean) {
#pragma unroll 8
    for (int i = 0; i < book->width; i++) {
      const double difference = __dadd_rn((double)book->u[i], -(double)code[i]);
      sum = __dadd_rn(sum, __dmul_rn(difference, difference));
    }
    score = -sum;
  } else {
    const double norm = book->norms[id];
    if (!(norm > 0 && norm < (double)PLUS_INFINITY)) return never;
#pragma unroll 32
    for (int i = 0; i < book->width; i++) sum = fma((double)book->u[i], (double)code[i], sum);
    score = sum / norm;
  }
  /* Adding 0 makes -0 equal to 0. */
  return score != score ? never : score + 0.0;
}

DEVICE bool before(double score, int id, double other, int other_id) {
  return score > other || (score == other && id < other_id);
}

/* Follows the codes in canonical order: natural slots, and the slots that bans, passed over codes
 * and ablations leave. One thread. */
typedef struct {
  int natural;
  int slot;
  int skip;
} walk_t;

DEVICE void visit(walk_t* walk, const steering_t* steering, int k, int id, bool banned,
                  int* natural, int* effective) {
  if (walk->natural < k) natural[walk->natural++] = id;
  if (!steering->bans || walk->slot == k || banned) return;
  if (walk->skip > 0) {
    walk->skip--;
    return;
  }
  const int* const ablations = steering->bans + steering->bans_count;
  bool ablated = false;
  for (int i = 0; i < steering->ablations; i++) ablated |= ablations[i] == id;
  effective[walk->slot++] = ablated ? -1 : id;
}

DEVICE bool is_done(const walk_t* walk, const steering_t* steering, int k) {
  return walk->natural == k && (!steering->bans || walk->slot == k);
}

/* Blocks what is left over, then writes and appends; the slots in force. */
DEVICE int finish(walk_t* walk, const steering_t* steering, int k, int* effective) {
  while (walk->slot < k) effective[walk->slot++] = -1;
  const int* at = steering->bans + steering->bans_count + steering->ablations;
  for (int w = 0; w < steering->writes; w++, at += 2) {
    if (at[1] == (int)0x80000000) {
      for (int i = 0; i < k; i++) effective[i] = at[0];
    } else {
      effective[at[1] >= 0 ? at[1] : k + at[1]] = at[0];
    }
  }
  for (int i = 0; i < steering->appends; i++) effective[k + i] = at[i];
  return k + steering->appends;
}

/* The n-th largest approximate score of `count` candidates by one warp, those with any bit of `mask`
 * left out; 0 if there are fewer. */
DEVICE unsigned nth_of(const float* approximate, const unsigned* ids, int count, unsigned mask,
                       int n) {
  const int lane = threadIdx.x % 32;
  unsigned found = 0;
  for (int bit = 31; bit >= 0; bit--) {
    const unsigned tried = found | 1u << bit;
    unsigned reached = 0;
    for (int i = lane; i < count; i += 32) {
      reached += !(ids[i] & mask) && ordered(approximate[i]) >= tried;
    }
    if (add_lanes(reached) >= (unsigned)n) found = tried;
  }
  return found;
}

DEVICE float cut_below(unsigned key, float slack) {
  return key == 0 ? MINUS_INFINITY
                  : __double2float_rd((double)unordered(key) - (double)slack);
}

/* The candidates that can still be among the best, by one warp; their number. */
DEVICE int narrow(float* approximate, unsigned* ids, int count, const steering_t* steering, int k,
                  float slack) {
  const int lane = threadIdx.x % 32;
  const int depth = k + steering->disable_top;
  const float cut = cut_below(nth_of(approximate, ids, count, BANNED, depth), slack);
  float natural = cut;
  if (steering->bans_count > 0) {
    natural = cut_below(nth_of(approximate, ids, count, 0, k), slack);
  }
  const float lower = natural < cut ? natural : cut;
  int left = 0;
  for (int base = 0; base < count; base += 32) {
    const int at = base + lane;
    const float score = at < count ? approximate[at] : 0.0f;
    const unsigned id = at < count ? ids[at] : 0;
    const bool keep = at < count && score >= (id & BANNED ? natural : lower);
    const unsigned kept_lanes = __ballot_sync(EVERY_LANE, keep);
    if (keep) {
      const int to = left + __popc(kept_lanes & ((1u << lane) - 1));
      approximate[to] = score;
      ids[to] = id;
    }
    left += __popc(kept_lanes);
    __syncwarp();
  }
  return left;
}

/* The next best codes after a place in the canonical order, up to PLACES of them, by the whole
 * block; what comes in is put into order 128 codes at a time. */
typedef struct {
  double score[2][PLACES + 128];
  int id[2][PLACES + 128];
  int fresh;
} places_t;

DEVICE int next_places(places_t* places, const book_t* book, double after, int after_id,
                       int* turn_out) {
  const int thread = threadIdx.x;
  int held = 0;
  int turn = 0;
  if (thread == 0) places->fresh = 0;
  __syncthreads();
  for (int base = 0; base < book->count; base += 128) {
    const int id = base + thread;
    if (id < book->count) {
      const double score = canonical(book, id);
      const bool later = before(after, after_id, score, id);
      if (later && (held < PLACES || before(score, id, places->score[turn][PLACES - 1],
                                            places->id[turn][PLACES - 1]))) {
        const int at = held + atomicAdd(&places->fresh, 1);
        places->score[turn][at] = score;
        places->id[turn][at] = id;
      }
    }
    __syncthreads();
    const int total = held + places->fresh;
    if (places->fresh > 0) {
      for (int i = thread; i < total; i += 128) {
        const double score = places->score[turn][i];
        const int own = places->id[turn][i];
        int rank = 0;
        for (int j = 0; j < total; j++) {
          rank += before(places->score[turn][j], places->id[turn][j], score, own);
        }
        if (rank < PLACES) {
          places->score[1 - turn][rank] = score;
          places->id[1 - turn][rank] = own;
        }
      }
      held = total < PLACES ? total : PLACES;
      turn = 1 - turn;
    }
    __syncthreads();
    if (thread == 0) places->fresh = 0;
    __syncthreads();
  }
  *turn_out = turn;
  return held;
}

KERNEL THREADS(128)
steerage_snap_choose(float* x, int x_stride, int first_column, const float* codes,
                     const double* norms, int codes_count, int width, int k, int euclidean,
                     int site0, const int* steer_at, const int* words,
                     const float* normed, const float* slack, head_t* heads,
                     const entry_t* entries, int* natural, int natural_stride, int natural_at0,
                     int* effective, int effective_stride, int effective_at0,
                     unsigned* histogram_or_null, const int* histogram_at_or_null,
                     const int* count) {
  __shared__ float approximate[ENTRIES];
  __shared__ unsigned ids[ENTRIES];
  __shared__ double score[FINAL];
  __shared__ places_t places;
  __shared__ int natural_ids[SLOTS];
  __shared__ int effective_ids[SLOTS + APPENDS];
  __shared__ walk_t walk;
  __shared__ int left;
  __shared__ int slots;
  __shared__ double last_score;
  __shared__ int last_id;
  const int book_index = blockIdx.x;
  const int row = blockIdx.y;
  if (row >= *count) return;
  const int thread = threadIdx.x;
  const int sites_here = gridDim.x;
  const int site = site0 + book_index;
  const int64_t at = (int64_t)row * sites_here + book_index;
  const steering_t steering = steering_of(steer_at, words, row, site);
  book_t book;
  book.codes = codes + (int64_t)book_index * codes_count * width;
  book.norms = norms + (int64_t)book_index * codes_count;
  book.u = normed + at * width;
  book.count = codes_count;
  book.width = width;
  book.euclidean = euclidean;
  const unsigned candidates = heads[at].count;
  if (thread == 0) {
    walk.natural = 0;
    walk.slot = 0;
    walk.skip = steering.disable_top;
  }
  bool complete = candidates <= ENTRIES;
  if (complete) {
    for (int i = thread; i < (int)candidates; i += 128) {
      approximate[i] = entries[at * ENTRIES + i].approximate;
      ids[i] = entries[at * ENTRIES + i].id;
    }
    __syncthreads();
    if (thread < 32) {
      const int kept = narrow(approximate, ids, (int)candidates, &steering, k, slack[at]);
      if (thread == 0) left = kept;
    }
    __syncthreads();
    complete = left <= FINAL;
  }
  if (complete) {
    for (int i = thread; i < left; i += 128) score[i] = canonical(&book, (int)(ids[i] & ~BANNED));
    __syncthreads();
    /* Into canonical order: every candidate counts who comes before it. Approximate scores have done
     * their duty. */
    unsigned* const sorted = (unsigned*)approximate;
    for (int i = thread; i < left; i += 128) {
      int rank = 0;
      for (int j = 0; j < left; j++) {
        rank += before(score[j], (int)(ids[j] & ~BANNED), score[i], (int)(ids[i] & ~BANNED));
      }
      sorted[rank] = ids[i];
    }
    __syncthreads();
    if (thread == 0) {
      for (int i = 0; i < left && !is_done(&walk, &steering, k); i++) {
        visit(&walk, &steering, k, (int)(sorted[i] & ~BANNED), (sorted[i] & BANNED) != 0,
              natural_ids, effective_ids);
      }
    }
  } else {
    double after = (double)PLUS_INFINITY;
    int after_id = -1;
    for (int seen = 0; seen < codes_count;) {
      int turn;
      const int held = next_places(&places, &book, after, after_id, &turn);
      if (thread == 0) {
        for (int i = 0; i < held && !is_done(&walk, &steering, k); i++) {
          const int id = places.id[turn][i];
          visit(&walk, &steering, k, id, is_banned(&steering, id), natural_ids, effective_ids);
        }
        last_score = places.score[turn][held - 1];
        last_id = places.id[turn][held - 1];
      }
      __syncthreads();
      seen += held;
      after = last_score;
      after_id = last_id;
      if (is_done(&walk, &steering, k)) break;
      __syncthreads();
    }
  }
  __syncthreads();
  if (thread == 0) {
    slots = steering.bans ? finish(&walk, &steering, k, effective_ids) : k;
    heads[at].count = 0;
    heads[at].cut = 0;
  }
  __syncthreads();
  int* const natural_out = natural + (int64_t)row * natural_stride + natural_at0 + book_index * k;
  for (int i = thread; i < k; i += 128) natural_out[i] = natural_ids[i];
  if (steering.bans) {
    int* const effective_out = effective + (int64_t)row * effective_stride + effective_at0 +
                               (int64_t)book_index * (k + APPENDS);
    for (int i = thread; i < slots; i += 128) effective_out[i] = effective_ids[i];
  }
  if (histogram_or_null && histogram_at_or_null[row] >= 0) {
    unsigned* const histogram = histogram_or_null + histogram_at_or_null[row] +
                                (int64_t)site * codes_count;
    for (int i = thread; i < k; i += 128) atomicAdd(&histogram[natural_ids[i]], 1u);
  }
  /* CodeMean.java. */
  const int* const chosen = steering.bans ? effective_ids : natural_ids;
  float* const out = x + (int64_t)row * x_stride + first_column + book_index * width;
  for (int i = thread; i < width; i += 128) {
    float sum = 0.0f;
#pragma unroll 4
    for (int s = 0; s < slots; s++) {
      if (chosen[s] >= 0) sum = sum + book.codes[(int64_t)chosen[s] * width + i];
    }
    out[i] = sum / (float)slots;
  }
}
