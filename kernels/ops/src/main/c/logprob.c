/* The two passes of log sum exp; contract in LogprobKernel.java, the logarithm itself in Java. */
#include "elementary.h"

#define CHUNK 1024

/* The largest element; NaN if there is one and nothing else is above -infinity. */
EXPORT float PATH(logprob_max)(const float* x, int64_t offset, int count) {
  x += offset;
  vf best = vf_all(-INFINITY);
  int i = 0;
  for (; i + LANES <= count; i += LANES) best = vf_max(vf_load(x + i), best);
  float lanes[LANES];
  vf_store(lanes, best);
  float max = -INFINITY;
  for (int l = 0; l < LANES; l++) max = lanes[l] > max ? lanes[l] : max;
  for (; i < count; i++) max = x[i] > max ? x[i] : max;
  if (max == -INFINITY) {
    for (i = 0; i < count; i++) {
      if (x[i] != x[i]) return x[i];
    }
  }
  return max;
}

EXPORT double PATH(logprob_sum)(const float* x, int64_t offset, int count, float max) {
  x += offset;
  vf m = vf_all(max);
  double sum = 0;
  for (int chunk = 0; chunk < count; chunk += CHUNK) {
    const float* from = x + chunk;
    int width = count - chunk < CHUNK ? count - chunk : CHUNK;
    vf acc[SHARES];
    for (int s = 0; s < SHARES; s++) acc[s] = vf_all(0.0f);
    int i = 0;
    for (; i + STRIPES <= width; i += STRIPES) {
      for (int s = 0; s < SHARES; s++) {
        acc[s] = vf_add(acc[s], vf_exp(vf_sub(vf_load(from + i + s * LANES), m)));
      }
    }
    for (int s = 0; s < SHARES && i < width; s++, i += LANES) {
      int n = width - i < LANES ? width - i : LANES;
      acc[s] = vf_add(acc[s], vf_keep(vf_exp(vf_sub(vf_load_part(from + i, n), m)), n));
    }
    sum += fold(acc);
  }
  return sum;
}
